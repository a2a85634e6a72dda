/* watching.c: see watching.h. */
#include "cli/watching.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "cli/survey.h"

static void on_looked(void *ctx, row_id row, int64_t now_ms)
{
    struct watching *w = ctx;
    if (!w->skips)
        alerts_look(w->alerts, row, now_ms);
}

static void on_published(void *ctx)
{
    struct watching *w = ctx;
    if (!w->skips)
        alerts_looked(w->alerts, w->whole);
    w->skips = w->deaf; /* the next walk, from its begin to its end */
    alerts_tick(w->alerts);
    if (w->whole && w->lend)
        lend_tick(w->lend);
    if (w->env.published)
        w->env.published(w->env.ctx);
}

static struct alert_rule rule_from(const struct config *config, size_t i)
{
    const struct option_value *v[OPTION_COUNT];
    for (int o = 0; o < OPTION_COUNT; o++)
        v[o] = config_entry_option(config, SCOPE_ALERT, i, (enum option)o);
    return (struct alert_rule){.name = config_entry_name(config, SCOPE_ALERT, i),
                               .when = v[OPTION_ALERT_WHEN]->text,
                               .changes = v[OPTION_ALERT_CHANGES]->i != 0,
                               .resolved = v[OPTION_ALERT_RESOLVED]->i != 0,
                               .hold_ms = v[OPTION_ALERT_HOLD]->i,
                               .repeat_ms = v[OPTION_ALERT_REPEAT]->i,
                               .command = v[OPTION_ALERT_COMMAND]->list,
                               .timeout_ms = v[OPTION_ALERT_TIMEOUT]->i,
                               .per_minute = (int)v[OPTION_ALERT_PER_MINUTE]->i,
                               .bell = v[OPTION_ALERT_BELL]->i != 0,
                               .notify = (int)v[OPTION_ALERT_NOTIFY]->i};
}

/* In a demo nobody has written rules: a few, so that there is something to open, dismiss and mute.
 */
static const char *const no_command[] = {NULL};
static const struct alert_rule demo_rules[] = {
    {.name = "down",
     .when = "health:down tag:env=prod",
     .resolved = true,
     .hold_ms = 5000,
     .command = no_command,
     .timeout_ms = 30000},
    {.name = "runs-out",
     .when = "left>0s left<6h !enabled:no",
     .resolved = true,
     .hold_ms = 5000,
     .command = no_command,
     .timeout_ms = 30000},
};

static void add_rules(struct watching *w)
{
    const struct config *config = w->env.config;
    struct error err = {0};
    bool none = !config_entry_count(config, SCOPE_ALERT);
    for (size_t i = 0; w->env.pretend && none && i < ARRAY_LEN(demo_rules); i++)
        alerts_add(w->alerts, &demo_rules[i], &err);
    for (size_t i = 0; i < config_entry_count(config, SCOPE_ALERT); i++) {
        struct alert_rule rule = rule_from(config, i);
        if (alerts_add(w->alerts, &rule, &err) != ST_OK && w->rules_error.status == ST_OK)
            w->rules_error = err;
    }
}

static void on_lent(void *ctx)
{
    struct watching *w = ctx;
    monitor_ask(w->monitor);
}

static void open_lend(struct watching *w)
{
    const struct past_env env = {.loop = w->env.loop,
                                 .profile = w->env.profile,
                                 .tokens = w->env.tokens,
                                 .monitor = w->monitor,
                                 .fleet = w->env.fleet,
                                 .offline = w->env.offline};
    if (env.profile && *env.profile->prometheus_url)
        w->lend = lend_create(&env, LEND_PAUSE_MS, on_lent, w);
}

void watching_open(struct watching *w, const struct watching_env *env)
{
    *w = (struct watching){.env = *env, .sampled_as_of_ms = WHEN_NONE};
    monitor_settings_from(env->config, env->health, &w->settings);
    char *history = history_path(env->config, env->paths);
    char *told = paths_join(env->paths->state_dir, "alerts.db");
    const struct alerts_env aenv = {.loop = env->loop,
                                    .fleet = env->fleet,
                                    .columns = env->columns,
                                    .path = told,
                                    .origin = env->origin,
                                    .org = env->org,
                                    .quiet_start = env->pretend,
                                    .told = env->told,
                                    .failed = env->failed,
                                    .ctx = env->ctx};
    monitor_add_columns(env->columns, &w->monitor);
    w->alerts = alerts_create(&aenv);
    add_rules(w);
    const struct monitor_env menv = {.loop = env->loop,
                                     .clock = env->clock,
                                     .fleet = env->fleet,
                                     .columns = env->columns,
                                     .settings = &w->settings,
                                     .history = history,
                                     .origin = env->origin,
                                     .org = env->org,
                                     .published = on_published,
                                     .looked = on_looked,
                                     .ctx = w};
    w->monitor = monitor_create(&menv);
    open_lend(w);
    mem_free(history);
    mem_free(told);
}

void watching_close(struct watching *w)
{
    lend_destroy(w->lend);
    monitor_destroy(w->monitor);
    alerts_destroy(w->alerts);
    w->lend = NULL;
    w->monitor = NULL;
    w->alerts = NULL;
}

void watching_sync(struct watching *w, const struct sync_state *state)
{
    w->whole = state->proof != SYNC_NONE;
    w->deaf = state->stale_since_wall_ms != WHEN_NONE || state->paused;
    if (state->proof == SYNC_NONE || state->phase == SYNC_LOADING ||
        state->complete_wall_ms == w->sampled_as_of_ms)
        return;
    if (w->env.pretend && w->sampled_as_of_ms == WHEN_NONE)
        monitor_pretend(w->monitor);
    w->sampled_as_of_ms = state->complete_wall_ms;
    monitor_sample(w->monitor);
}

void watching_tick(struct watching *w)
{
    monitor_tick(w->monitor);
    alerts_tick(w->alerts);
}
