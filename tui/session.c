/* session.c: see session.h. */
#include "tui/session.h"

#include "base/mem.h"
#include "base/when.h"
#include "cli/context.h"
#include "cli/load.h"
#include "cli/survey.h"
#include "store/owner.h"
#include "tui/draft_sent.h"
#include "tui/session_left.h"
#include "tui/session_plan.h"

#define NEWS_GAP_MAX_MS 100
#define TOKEN_AGAIN_MS  60000       /* a source that gave no token is asked again, slowly */
#define IDLE_MS         (5 * 60000) /* without a key for so long, the server is asked less often */

static void on_fleet_event(void *ctx, const struct fleet_event *event)
{
    struct session *s = ctx;
    s->fleet_news = true;
    s->fleet_changes += event->type != FLEET_EV_STATE;
    flash_event(&s->flash, event, clock_mono(loop_clock(s->env.loop)));
}

/* Somebody waits for this one. */
static void on_view(void *ctx)
{
    struct session *s = ctx;
    s->fleet_news = s->untrimmed = true;
    s->news_mono_ms = 0;
}

/* How long the screens may look at what they have: each news costs them a walk over the new order,
 * which at a hundred thousand rows is no longer nothing while pages come in by the dozen. */
static int64_t news_gap(const struct session *s)
{
    int64_t ms = fleet_count(s->fleet) / 500;
    return ms < NEWS_GAP_MAX_MS ? ms : NEWS_GAP_MAX_MS;
}

static void on_news_time(void *ctx)
{
    ((struct session *)ctx)->news_timer = 0; /* the loop turns, and before_sleep tells */
}

static void tell_news(struct session *s)
{
    int64_t now = clock_mono(loop_clock(s->env.loop)), wait = s->news_mono_ms + news_gap(s) - now;
    bool fleet = s->fleet_news, sync = s->sync_news;
    if (wait > 0 && s->news_mono_ms) {
        if (!s->news_timer)
            s->news_timer = loop_timer_start(s->env.loop, wait, on_news_time, s);
        return;
    }
    s->news_mono_ms = now;
    s->fleet_news = s->sync_news = false;
    if (fleet && s->events.fleet)
        s->events.fleet(s->events.ctx);
    if (sync && s->events.sync)
        s->events.sync(s->events.ctx);
}

/* A page brings a hundred changes; the screens hear of them once. */
static void before_sleep(void *ctx)
{
    struct session *s = ctx;
    struct error err;
    if (s->journal && journal_flush(s->journal, &err))
        log_printf(s->env.log, "journal: %s", err.what);
    if (s->fleet_news || s->sync_news)
        tell_news(s);
    if (s->plan_news && s->events.plan) {
        s->plan_news = false;
        s->events.plan(s->events.ctx);
    }
}

static void tell_sync(void *ctx)
{
    struct session *s = ctx;
    if (s->sync && s->watching.monitor)
        watching_sync(&s->watching, sync_state(s->sync));
    s->sync_news = false;
    if (s->events.sync)
        s->events.sync(s->events.ctx);
}

static void on_healed(void *ctx)
{
    struct session *s = ctx;
    s->healed = 0;
    sync_now(s->sync);
}

/* The server answered somebody, or failed the first time. Where it answers again the list is read
 * now and not when its turn comes: what failed stands on the screen until then. Not oftener than
 * that, for a server may fail with the list alone. */
#define HEALED_MS 10000
static void on_illness(void *ctx)
{
    struct session *s = ctx;
    struct api_illness illness;
    int64_t now = clock_mono(loop_clock(s->env.loop));
    api_illness(s->api, &illness);
    const struct sync_state *st = s->sync ? sync_state(s->sync) : NULL;
    if (st && illness.since_wall_ms == WHEN_NONE && st->error.status != ST_OK &&
        st->next_try_mono_ms >= 0 && !s->healed &&
        (!s->healed_mono_ms || now - s->healed_mono_ms >= HEALED_MS)) {
        s->healed_mono_ms = now;
        s->healed = loop_timer_start(s->env.loop, 0, on_healed, s);
    }
    tell_sync(s);
}

/* Each page moves the numbers of a sync that runs: that is told with the news of the fleet. What
 * begins, ends or fails is told at once. */
static void on_sync(void *ctx)
{
    struct session *s = ctx;
    const struct sync_state *st = sync_state(s->sync);
    bool runs = st->phase == SYNC_LOADING && st->error.status == ST_OK && !st->paused;
    s->sync_news = true;
    if (s->sync_ran && !runs)
        writes_resume(s->writes); /* what another process left since, before it is in the way */
    if (!runs || !s->sync_ran)
        tell_sync(s);
    s->sync_ran = runs;
}

/* What is proven to be there is in the snapshot at once, whatever becomes of this process. */
static void keep_write(struct session *s, const struct write *write)
{
    enum write_outcome outcome = write_outcome(write);
    bool gone = write_kind(write) == JOURNAL_DELETE && outcome == WRITE_NO_CHANGE;
    if (write_state(write) == WRITE_DONE &&
        (outcome == WRITE_APPLIED || outcome == WRITE_DIFFERENT || gone))
        keep_saved(s->keep, span_of(write_account_id(write)));
}

/* What the server forbids is remembered until it takes such a write again. */
static void note_forbidden(struct session *s, const struct write *write)
{
    char **word = &s->forbidden[write_kind(write)];
    enum write_outcome outcome = write_outcome(write);
    bool refused = outcome == WRITE_NOT_APPLIED && write_op(write) > 0 &&
                   write_error(write)->status == ST_FORBIDDEN;
    if (write_state(write) != WRITE_DONE ||
        !(refused || outcome == WRITE_APPLIED || outcome == WRITE_DIFFERENT))
        return;
    mem_free(*word);
    *word = refused ? span_dup(write_permission(write)) : NULL;
}

static void on_write(void *ctx, struct write *write)
{
    struct session *s = ctx;
    keep_write(s, write);
    note_forbidden(s, write);
    draft_sent_settle(s, write);
    if (s->events.write)
        s->events.write(s->events.ctx, write);
}

/* The records of the snapshot come first: those of the server are news to them. */
static void start_sync(struct session *s)
{
    if (!s->loaded || !s->token_here)
        return;
    session_open_late(s);
    sync_start(s->sync);
    writes_resume(s->writes);
    draft_sent_recover(s);
    session_left_look(s, false);
}

static void on_loaded(void *ctx)
{
    struct session *s = ctx;
    s->loaded = true;
    start_sync(s);
    tell_sync(s);
}

static void on_token(void *ctx, struct secret *token, const struct error *err)
{
    struct session *s = ctx;
    s->fetch = NULL;
    s->token_error = *err;
    enum status st = err->status;
    if (st == ST_OK)
        st = api_set_token(s->api, token, &s->token_error);
    if (s->renewing)
        api_token_ready(s->api, st == ST_OK);
    else if (st == ST_OK) {
        s->token_here = true;
        start_sync(s);
    }
    s->token_try_mono_ms = 0;
    if (!s->token_here && token_renewable(&s->profile.token))
        s->token_try_mono_ms = clock_mono(loop_clock(s->env.loop)) + TOKEN_AGAIN_MS;
    s->renewing = false;
    tell_sync(s);
}

static void fetch_token(struct session *s)
{
    if (!s->fetch)
        s->fetch = token_get(s->env.tokens, s->env.loop, &s->profile.token, -1, on_token, s);
}

static void on_unauthorized(void *ctx)
{
    struct session *s = ctx;
    s->renewing = true;
    fetch_token(s);
}

static enum status open_api(struct session *s, struct error *err)
{
    const struct profile *p = &s->profile;
    struct api_settings settings = cli_api_settings(p);
    /* A guarded profile begins locked here; on the command line its label is asked for instead. */
    settings.readonly = p->access != ACCESS_WRITE;
    settings.offline = s->env.offline;
    s->api = api_create(s->env.loop, &settings, s->env.log, err);
    if (!s->api)
        return err->status;
    api_on_illness(s->api, on_illness, s);
    if (token_renewable(&p->token))
        api_on_unauthorized(s->api, on_unauthorized, s);
    return ST_OK;
}

/* Without a journal reading goes on, and writes are refused with its reason (F21). */
static void open_journal(struct session *s)
{
    struct error *err = &s->journal_error;
    const char *dir = s->env.paths->state_dir;
    if (paths_make_dir(dir, err) == ST_OK) {
        char *journal = paths_join(dir, "journal.db");
        if (journal_open(&s->journal, journal, *loop_clock(s->env.loop), err))
            s->journal = NULL;
        mem_free(journal);
    }
    writes_set_journal(s->writes, s->journal, s->journal ? NULL : err->what);
}

bool session_no_journal(const struct session *s)
{
    return !s->journal && s->journal_error.status != ST_OK;
}

static void on_draft(void *ctx)
{
    ((struct session *)ctx)->fleet_news = true;
}

static void on_late(void *ctx)
{
    struct session *s = ctx;
    const char *dir = s->env.paths->state_dir;
    s->late = 0;
    open_journal(s);
    if (paths_make_dir(dir, &s->drafts_error)) {
        s->plans_error = s->drafts_error;
        return;
    }
    char *drafts = paths_join(dir, "drafts.db");
    if (drafts_open(&s->drafts, drafts, *loop_clock(s->env.loop), &s->drafts_error))
        s->drafts = NULL;
    else
        draft_marks_open(&s->draft_marks, s->drafts, s->profile.origin, s->profile.org, on_draft,
                         s);
    mem_free(drafts);
    session_plans_open(s);
}

void session_open_late(struct session *s)
{
    if (!s->late)
        return;
    loop_timer_stop(s->env.loop, s->late);
    on_late(s);
}

static void open_keep(struct session *s)
{
    const struct keep_env env = {.loop = s->env.loop,
                                 .fleet = s->fleet,
                                 .cache_dir = s->env.paths->cache_dir,
                                 .data_dir = s->env.paths->data_dir,
                                 .origin = s->profile.origin,
                                 .org = s->profile.org,
                                 .write = !s->env.offline,
                                 .changed = tell_sync,
                                 .ctx = s};
    s->keep = keep_create(&env);
    keep_follow(s->keep, s->sync);
    const struct keep_state *st = keep_state(s->keep);
    if (st->error.status)
        log_printf(s->env.log, "snapshot: %s", st->error.what);
}

/* The class of the status and what is wrong, for filters and sorting. */
static void add_health(struct session *s)
{
    const struct config *config = s->env.config;
    struct column health, problem;
    s->health = health_classes_from(config);
    health_column(&s->health, &health);
    column_set_add(s->columns, &health);
    problem_column_init(&s->problem, &s->health, config_int(config, OPTION_HEALTH_STALE),
                        api_clock(s->api), &problem);
    column_set_add(s->columns, &problem);
}

static void open_watching(struct session *s)
{
    const struct watching_env env = {.loop = s->env.loop,
                                     .clock = api_clock(s->api),
                                     .config = s->env.config,
                                     .paths = s->env.paths,
                                     .fleet = s->fleet,
                                     .columns = s->columns,
                                     .health = &s->health,
                                     .origin = s->profile.origin,
                                     .org = s->profile.org,
                                     .profile = &s->profile,
                                     .tokens = s->env.tokens,
                                     .offline = s->env.offline,
                                     .pretend = s->profile.demo,
                                     .published = s->events.monitor,
                                     .told = s->events.alert,
                                     .failed = s->events.alert_failed,
                                     .ctx = s->events.ctx};
    watching_open(&s->watching, &env);
}

struct session *session_open(const struct session_env *env, const struct profile *profile,
                             const struct session_events *events, struct error *err)
{
    struct session *s = mem_calloc(1, sizeof *s);
    s->env = *env;
    s->events = *events;
    profile_copy(&s->profile, profile);
    if (open_api(s, err)) {
        profile_finish(&s->profile);
        mem_free(s);
        return NULL;
    }
    s->fleet = fleet_create();
    s->columns = column_set_create();
    add_health(s);
    open_watching(s);
    s->view = view_create(s->fleet, s->columns);
    s->slices = view_slices_create(env->loop, s->view, on_view, s);
    struct sync_options options = load_options(env->config);
    options.idle_ms = IDLE_MS;
    options.refused_stops = true;
    s->sync = sync_create(env->loop, s->api, s->fleet, &options, on_sync, s);
    open_keep(s);
    owner_operator(s->operator_name, sizeof s->operator_name);
    const struct writes_env wenv = {.loop = env->loop,
                                    .api = s->api,
                                    .fleet = s->fleet,
                                    .profile = s->profile.name,
                                    .operator_name = s->operator_name,
                                    .origin = s->profile.origin,
                                    .policies = profile->patch_whole ? PATCH_WHOLE : PATCH_PARTIAL};
    s->writes = writes_create(&wenv);
    writes_listen(s->writes, on_write, s);
    fleet_listen(s->fleet, on_fleet_event, s);
    loop_before_sleep(env->loop, before_sleep, s);
    return s;
}

void session_begin(struct session *s)
{
    if (!s->load_begun) {
        s->late = loop_timer_start(s->env.loop, 0, on_late, s);
        keep_load(s->keep, on_loaded, s);
    }
    s->load_begun = true;
    if (!s->env.offline)
        fetch_token(s);
}

#define KEEP_LIST_MS 700 /* who hangs up waits a second at most */

void session_keep_list(struct session *s, struct str *words)
{
    if (!s || keep_end(s->keep, KEEP_LIST_MS))
        return;
    str_printf(words,
               "%sthe list that was complete a moment ago is not kept: the next start shows "
               "the one before",
               words->len ? "; " : "");
}

void session_close(struct session *s)
{
    if (!s)
        return;
    loop_before_sleep_remove(s->env.loop, before_sleep, s);
    loop_timer_stop(s->env.loop, s->news_timer);
    loop_timer_stop(s->env.loop, s->healed);
    loop_timer_stop(s->env.loop, s->late);
    token_cancel(s->fetch);
    fleet_unlisten(s->fleet, on_fleet_event, s);
    session_left_close(s);
    session_plans_close(s);
    watching_close(&s->watching);
    writes_destroy(s->writes);
    keep_destroy(s->keep);
    sync_destroy(s->sync);
    demo_fault_destroy(s->demo_fault);
    api_destroy(s->api);
    view_slices_destroy(s->slices);
    view_destroy(s->view);
    column_set_destroy(s->columns);
    fleet_destroy(s->fleet);
    flash_finish(&s->flash);
    journal_close(s->journal);
    drafts_close(s->drafts);
    draft_marks_finish(&s->draft_marks);
    plans_close(s->plans);
    profile_finish(&s->profile);
    for (int i = 0; i < SESSION_KINDS; i++)
        mem_free(s->forbidden[i]);
    mem_free(s);
}

struct past_env session_past_env(const struct session *s)
{
    return (struct past_env){.loop = s->env.loop,
                             .profile = &s->profile,
                             .tokens = s->env.tokens,
                             .monitor = s->watching.monitor,
                             .fleet = s->fleet,
                             .offline = s->env.offline};
}

bool session_partial(const struct session *s)
{
    bool kept = s->loaded && keep_state(s->keep)->complete_wall_ms != WHEN_NONE;
    return sync_state(s->sync)->proof == SYNC_NONE && !(s->env.offline && kept);
}

bool session_blank(const struct session *s)
{
    return fleet_count(s->fleet) == 0 && keep_state(s->keep)->complete_wall_ms == WHEN_NONE &&
           sync_state(s->sync)->last_reply_wall_ms == WHEN_NONE;
}

/* What grew or was made anew left holes: arrays that moved, pages that were read, an order that was
 * worked out. They go back when all of it has come to rest. */
static void trim(struct session *s)
{
    bool busy = sync_state(s->sync)->phase == SYNC_LOADING ||
                keep_state(s->keep)->phase != KEEP_IDLE ||
                (s->watching.monitor && monitor_busy(s->watching.monitor)) ||
                view_busy(s->view, NULL) != VIEW_READY;
    if (s->untrimmed && !busy)
        mem_trim();
    s->untrimmed = busy;
}

void session_tick(struct session *s)
{
    if (s->token_try_mono_ms && clock_mono(loop_clock(s->env.loop)) >= s->token_try_mono_ms) {
        s->token_try_mono_ms = 0;
        fetch_token(s);
    }
    if (s->unlocked_until_mono_ms &&
        clock_mono(loop_clock(s->env.loop)) >= s->unlocked_until_mono_ms)
        session_lock(s);
    watching_tick(&s->watching);
    writes_look_elsewhere(s->writes);
    const struct clock server = api_clock(s->api);
    view_set_now(s->view, clock_wall(&server));
    trim(s);
}

const char *session_name(const struct session *s)
{
    return s->profile.name[0] ? s->profile.name : s->profile.demo ? "demo" : "this connection";
}

void session_unlock(struct session *s)
{
    s->unlocked_until_mono_ms = clock_mono(loop_clock(s->env.loop)) + SESSION_UNLOCK_MS;
    api_set_readonly(s->api, false);
    tell_sync(s);
}

void session_lock(struct session *s)
{
    s->unlocked_until_mono_ms = 0;
    api_set_readonly(s->api, true);
    tell_sync(s);
}
