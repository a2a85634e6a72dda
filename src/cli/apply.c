/* apply.c: see apply.h. The machine asks nothing of a person by itself; what is asked here is asked
 * on stderr and read from the terminal, or answered by --yes and --confirm. */
#include "cli/apply.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/kept.h"
#include "cli/unsettled.h"
#include "loop/signals.h"
#include "model/key_shape.h"
#include "store/owner.h"
#include "write/preview.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* How long the command looks on after an outcome that is not known; the journal keeps it, and the
 * next console goes on looking. */
#define LOOK_MS 30000
/* How long a journal that is in use, or on a full disk, is tried again. */
#define RECORD_MS 5000

/* What an earlier paddock left open and this one has settled; told once the journal has it. */
static void note_settled(struct apply *apply, const struct write *write)
{
    const char *name = write_account_name(write);
    long long op = write_op(write);
    str_clear(&apply->settled);
    if (write_outcome(write) == WRITE_RELEASED)
        str_printf(&apply->settled, "write %lld is %s", op, write_outcome_words(write));
    else
        str_printf(&apply->settled, "%s: write %lld of an earlier paddock is settled: %s",
                   *name ? name : write_account_id(write), op, write_outcome_words(write));
}

/* What is proven to be there is in the snapshot at once, as from the console. */
static void keep_write(void *ctx, struct write *write)
{
    struct apply *apply = ctx;
    enum write_outcome outcome = write_outcome(write);
    if (write_state(write) == WRITE_DONE && apply->settling && write_op(write) == apply->settling)
        note_settled(apply, write);
    if (write_state(write) != WRITE_DONE ||
        (outcome != WRITE_APPLIED && outcome != WRITE_DIFFERENT))
        return;
    if (!apply->keep)
        apply->keep = kept_open(apply->cli, apply->fleet, false);
    keep_saved(apply->keep, span_of(write_account_id(write)));
}

/* What was open in a journal that cannot be read is forgotten: nothing is written over that before
 * somebody has heard of it (F22). The next command goes on with the new journal. */
static enum status check_journal(const struct apply *apply, struct error *err)
{
    if (!apply->journal || !journal_note(apply->journal)[0])
        return ST_OK;
    error_set(err, ST_IO, "nothing was sent: %s", journal_note(apply->journal));
    error_next(err, "look at the accounts, then run the command again");
    return ST_IO;
}

enum status apply_open(struct apply *apply, struct cli *cli, struct error *err)
{
    const struct profile *profile = &cli->start->profile;
    memset(apply, 0, sizeof *apply);
    apply->cli = cli;
    apply->fleet = fleet_create();
    if (profile->access == ACCESS_READONLY)
        return error_set(err, ST_FORBIDDEN, "the profile is read-only: nothing was sent");
    enum status st = paths_make_dir(cli->start->paths.state_dir, &apply->journal_error);
    char *path = paths_join(cli->start->paths.state_dir, "journal.db");
    if (st == ST_OK &&
        journal_open(&apply->journal, path, *loop_clock(cli->loop), &apply->journal_error) != ST_OK)
        apply->journal = NULL;
    mem_free(path);
    owner_operator(apply->operator_name, sizeof apply->operator_name);
    const struct writes_env env = {
        .loop = cli->loop,
        .api = cli->api,
        .fleet = apply->fleet,
        .journal = apply->journal,
        .profile = profile->name,
        .operator_name = apply->operator_name,
        .origin = profile->origin,
        .no_journal = apply->journal ? NULL : apply->journal_error.what,
        .policies = profile->patch_whole ? PATCH_WHOLE : PATCH_PARTIAL,
    };
    apply->writes = writes_create(&env);
    writes_listen(apply->writes, keep_write, apply);
    st = check_journal(apply, err);
    return st == ST_OK ? writes_ready(apply->writes, err) : st;
}

void apply_finish(struct apply *apply)
{
    if (apply->writes)
        writes_destroy(apply->writes);
    journal_close(apply->journal);
    kept_close(apply->cli, apply->keep);
    str_finish(&apply->settled);
    if (apply->fleet)
        fleet_destroy(apply->fleet);
    memset(apply, 0, sizeof *apply);
}

/* ---- waiting for the machine --------------------------------------------------------------- */

static void on_change(void *ctx, struct write *write)
{
    (void)write;
    ((struct apply *)ctx)->changed = true;
}

static void on_time(void *ctx)
{
    ((struct apply *)ctx)->timed_out = true;
}

/* States in which something is asked or nothing more will come. */
static bool rests(const struct write *w)
{
    enum write_state s = write_state(w);
    return s == WRITE_CONFLICT || s == WRITE_PREVIEW || s == WRITE_DONE;
}

static void on_interrupt(void *ctx, int signo)
{
    (void)signo;
    ((struct apply *)ctx)->interrupted = true;
}

/* Until it rests, or ^C: what has left is then told from what has not (interrupted()). At the
 * question ^C is left to the terminal: nothing has left by then. */
static void wait_rest(struct apply *apply, struct write *w)
{
    static const int signos[] = {SIGINT, SIGTERM};
    struct signals *signals = signals_create(apply->cli->loop, signos, 2, on_interrupt, apply);
    loop_timer timer = 0;
    apply->timed_out = false;
    while (!rests(w) && !apply->timed_out &&
           (!apply->interrupted || write_state(w) == WRITE_INTENT)) {
        if (write_state(w) == WRITE_UNKNOWN && !timer)
            timer = loop_timer_start(apply->cli->loop, LOOK_MS, on_time, apply);
        loop_step(apply->cli->loop, -1);
    }
    if (!apply->timed_out)
        loop_timer_stop(apply->cli->loop, timer);
    signals_destroy(signals);
}

void apply_wait_recorded(struct apply *apply)
{
    apply->timed_out = false;
    loop_timer timer = loop_timer_start(apply->cli->loop, RECORD_MS, on_time, apply);
    while (!writes_recorded(apply->writes) && !apply->timed_out)
        loop_step(apply->cli->loop, -1);
    if (!apply->timed_out)
        loop_timer_stop(apply->cli->loop, timer);
    if (!writes_recorded(apply->writes))
        cli_say(apply->cli, "the journal cannot be written (%s): the next paddock looks again",
                writes_journal_error(apply->writes)->what);
    if (apply->settled.len)
        cli_say(apply->cli, "%s", str_text(&apply->settled));
    str_clear(&apply->settled);
}

/* ---- asking -------------------------------------------------------------------------------- */

static bool read_answer(char *buf, size_t size)
{
    if (!fgets(buf, (int)size, stdin))
        return false;
    buf[strcspn(buf, "\r\n")] = '\0';
    return true;
}

/* What was refused (F09) had been sent. */
static const char *not_sent(const struct write *w)
{
    return write_refused(w) ? "it was refused, and nothing more was sent" : "nothing was sent";
}

static enum status refuse_unasked(const struct write *w, bool needs_name, struct error *err)
{
    if (needs_name) {
        error_set(err, ST_USAGE, "%s %s is not done without its name: nothing was sent",
                  write_verb(write_kind(w)), write_account_name(w));
        error_next(err, "add --confirm='%.100s'", write_account_name(w));
    } else {
        error_set(err, ST_USAGE, "there is no terminal to ask on: nothing was sent");
        error_next(err, "add --yes, or --dry-run to look at it");
    }
    return ST_USAGE;
}

/* Whom a message is about: the account's name, else its id. */
static const char *typed_word(const struct write *w)
{
    return *write_account_name(w) ? write_account_name(w) : write_account_id(w);
}

/* A guarded profile wants its label typed, where the console wants it for :unlock; NULL: not one.
 */
static const char *guard_word(const struct cli *cli)
{
    const struct profile *p = &cli->start->profile;
    if (p->access != ACCESS_GUARDED)
        return NULL;
    return *p->label ? p->label : *p->name ? p->name : NULL;
}

/* The question at the end of the preview; guard: the word of a guarded profile, or NULL. */
static void add_question(struct cli *cli, const struct write *w, bool needs_name, const char *guard,
                         struct str *out)
{
    struct span words[2];
    if (!needs_name && !guard) {
        str_add(out, "Apply? [y/N] ");
        return;
    }
    write_confirm_words(w, words);
    str_add(out, "Type ");
    if (!needs_name)
        words[0] = span_of(guard);
    text_safe(out, words[0].p, words[0].len, cli->safe);
    if (needs_name && words[1].len) {
        str_add(out, ", or its id ");
        text_safe(out, words[1].p, words[1].len, cli->safe);
        str_add_char(out, ',');
    }
    str_add(out, " to apply this: ");
}

static bool is_yes(const struct write *w, bool needs_name, const char *guard, const char *answer)
{
    if (needs_name)
        return write_confirmed_by(w, span_of(answer));
    if (guard)
        return strcmp(answer, guard) == 0;
    return strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0;
}

/* Agreed to without a look at the preview: what it warns of is said all the same. */
static void warn_unseen(struct apply *apply, const struct write *w, const struct preview *preview)
{
    const struct account *was = write_kind(w) == JOURNAL_UPDATE ? write_server(w) : NULL;
    struct warning before[PREVIEW_WARNINGS_MAX];
    size_t stood = was ? warn_account(NULL, was, before, PREVIEW_WARNINGS_MAX) : 0;
    for (size_t i = 0; i < preview->warning_count; i++) {
        const struct warning *warning = &preview->warnings[i];
        const struct field_info *info = field_info(warning->field);
        if (!write_fields(w)->has[warning->field] && warn_stood(warning, before, stood))
            continue; /* no matter of this change */
        if (strcmp(warning->text, KEY_SHAPED_WORDS) == 0)
            cli_warn(apply->cli, "%s: %s " KEY_SHAPED_WORDS "; it is sent as it is", typed_word(w),
                     info->leaf);
        else /* the name was given, where it is asked for */
            cli_warn(apply->cli, "%s: ! %s: %.*s", typed_word(w), info->key,
                     warning->needs_name ? (int)(strlen(warning->text) - strlen(WARN_ASKS))
                                         : (int)strlen(warning->text),
                     warning->text);
    }
}

static enum status ask(struct apply *apply, const struct write *w, const struct preview *preview,
                       struct error *err)
{
    struct cli *cli = apply->cli;
    const char *confirm = cli->line.flag[FLAG_CONFIRM], *guard = guard_word(cli);
    bool needs_name = preview->needs_name;
    char answer[512];
    struct str text = STR_INIT;
    if (confirm && !write_confirmed_by(w, span_of(confirm)))
        return error_set(err, ST_USAGE,
                         "--confirm says \"%.100s\", the account is \"%.100s\": "
                         "nothing was sent",
                         confirm, typed_word(w));
    if (confirm || (!needs_name && cli_has(cli, FLAG_YES))) {
        warn_unseen(apply, w, preview);
        return ST_OK;
    }
    if (cli_has(cli, FLAG_NO_INPUT) || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return refuse_unasked(w, needs_name, err);
    preview_text(preview, w, &text);
    add_question(cli, w, needs_name, guard, &text);
    fputs(str_text(&text), cli->err);
    fflush(cli->err);
    str_finish(&text);
    bool yes = read_answer(answer, sizeof answer) && is_yes(w, needs_name, guard, answer);
    return yes ? ST_OK : error_set(err, ST_FAIL, "not applied: %s", not_sent(w));
}

/* ---- what became of it --------------------------------------------------------------------- */

static void field_names(const struct field_set *set, struct str *out)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (set->has[i])
            str_printf(out, "%s%s", out->len ? ", " : "", field_info((enum field)i)->key);
}

static enum exit_code different(struct apply *apply, const struct write *w)
{
    struct str kept = STR_INIT, other = STR_INIT, values = STR_INIT;
    struct error err = {0};
    char undo[48];
    field_names(write_not_kept(w), &kept);
    field_names(write_collateral(w), &other);
    if (kept.len)
        cli_warn(apply->cli, "%s: the server kept another value of %s", typed_word(w),
                 str_text(&kept));
    if (other.len) {
        error_set(&err, ST_PARTIAL, "%s: the server changed %s, which was not sent", typed_word(w),
                  str_text(&other));
        snprintf(undo, sizeof undo, "paddock undo %lld", (long long)write_op(w));
        write_collateral_next(w, undo, &err);
        cli_fail(apply->cli, &err);
    }
    if (!kept.len && !other.len) /* it is gone */
        cli_fail(apply->cli, write_error(w));
    write_kept_text(w, apply->cli->safe, &values);
    fputs(str_text(&values), apply->cli->err);
    str_finish(&values);
    str_finish(&kept);
    str_finish(&other);
    return EXIT_FAILED;
}

/* Base, mine and the server's, of each field that matters. */
static void say_fields(struct apply *apply, const struct write *w)
{
    struct str text = STR_INIT;
    write_conflict_text(w, apply->cli->safe, &text);
    fputs(str_text(&text), apply->cli->err);
    str_finish(&text);
}

static enum exit_code not_applied(struct apply *apply, const struct write *w)
{
    size_t count = 0;
    const struct api_detail *details = write_details(w, &count);
    struct error err = *write_error(w);
    /* Refused here, before anything was sent: it met its name. */
    if (write_kind(w) == JOURNAL_CREATE && err.status == ST_CONFLICT && !write_op(w))
        error_next(&err, apply->cli->line.verb == VERB_UNDO
                             ? "add --allow-duplicate-name, then name it anew: paddock "
                               "set ID name=NEW"
                             : "choose another name, or add --allow-duplicate-name");
    enum exit_code code = cli_fail(apply->cli, &err);
    if (write_refused(w))
        say_fields(apply, w);
    for (size_t i = 0; i < count; i++) {
        struct str path = STR_INIT;
        api_detail_path(&details[i], &path);
        cli_warn(apply->cli, "  %s: %.*s", path.len ? path.data : "?", (int)details[i].msg.len,
                 details[i].msg.p);
        str_finish(&path);
    }
    return code;
}

static enum exit_code unknown(struct apply *apply, const struct write *w)
{
    cli_say(apply->cli,
            "%s: it was sent, and what became of it is not known: %s; the journal keeps it, the "
            "console goes on looking",
            typed_word(w), write_outcome_words(w));
    return EXIT_UNKNOWN;
}

/* ^C cancels reads, never a write that has left: what became of that one is not known, and the
 * journal keeps it open for the next paddock to look at. */
static enum exit_code interrupted(struct apply *apply, const struct write *w)
{
    enum write_state s = write_state(w);
    long long op = write_op(w);
    struct error err = {0};
    if (s != WRITE_SENT && s != WRITE_READBACK && s != WRITE_UNKNOWN) {
        error_set(&err, ST_CANCELLED, "%s: interrupted: %s", typed_word(w), not_sent(w));
        return cli_fail(apply->cli, &err);
    }
    error_set(
        &err, ST_UNKNOWN,
        "%s: interrupted after it was sent: what became of it is not known; the journal keeps "
        "it as write %lld",
        typed_word(w), op);
    error_next(&err,
               "paddock get shows the account as it is, paddock log op=%lld the write; the console "
               "looks again",
               op);
    return cli_fail(apply->cli, &err);
}

static enum exit_code told(struct apply *apply, const struct write *w)
{
    apply_wait_recorded(apply);
    switch (write_outcome(w)) {
    case WRITE_APPLIED:
    case WRITE_NO_CHANGE: {
        struct str words = STR_INIT;
        write_done_words(w, &words);
        apply->applied += write_outcome(w) == WRITE_APPLIED;
        cli_say(apply->cli, "%s (%s): %s", typed_word(w), write_account_id(w), str_text(&words));
        str_finish(&words);
        return EXIT_DONE;
    }
    case WRITE_DIFFERENT:
        apply->applied++;
        return different(apply, w);
    case WRITE_CONFLICTING:
        cli_say(apply->cli, "%s: sent, and now it is neither as asked nor as before",
                typed_word(w));
        return EXIT_CONFLICT;
    case WRITE_NOT_APPLIED:
    case WRITE_CANCELLED:
        return not_applied(apply, w);
    default:
        return unknown(apply, w);
    }
}

/* ---- one write ----------------------------------------------------------------------------- */

/* Its commands lead to where this one does. */
static void make_preview(struct apply *apply, const struct write *w, bool reveal,
                         struct preview *preview)
{
    const struct cli_console *start = apply->cli->start;
    struct str flags = STR_INIT;
    cli_same_flags(start, &start->profile, &flags);
    const struct preview_options options = {
        .profile = start->profile.name, .flags = str_text(&flags), .reveal = reveal};
    preview_make(preview, w, apply->cli->api, &options);
    str_finish(&flags);
}

static enum exit_code show(struct apply *apply, const struct write *w,
                           const struct preview *preview)
{
    struct str text = STR_INIT;
    preview_text(preview, w, &text);
    cli_put(apply->cli, &text);
    str_finish(&text);
    if (preview->needs_name)
        cli_say(apply->cli, "its name will be asked for: type it, or add --confirm='%.100s'",
                typed_word(w));
    return write_kind(w) != JOURNAL_UPDATE || preview->sent ? EXIT_CHANGES : EXIT_DONE;
}

/* As it is: it leads to where this one does, and a value may have the name of a command in it. */
static void say_command(struct cli *cli, const char *command)
{
    struct str text = STR_INIT;
    text_safe_z(&text, command, cli->safe);
    fprintf(cli->err, "paddock: to do it all the same: %s\n", str_text(&text));
    str_finish(&text);
}

/* Each field that is in the way, and the command that goes over what is there now: run again, this
 * one would meet the same. */
static enum exit_code conflict(struct apply *apply, const struct write *w)
{
    struct cli *cli = apply->cli;
    struct error err = {0};
    struct preview preview;
    if (write_refused(w))
        error_set(&err, ST_CONFLICT, "%s was changed by somebody else: %s", typed_word(w),
                  write_refused(w)->what);
    else
        error_set(&err, ST_CONFLICT, "%s was changed by somebody else: nothing was sent",
                  typed_word(w));
    enum exit_code code = cli_fail(cli, &err);
    say_fields(apply, w);
    preview_init(&preview);
    make_preview(apply, w, false, &preview);
    say_command(cli, str_text(&preview.command));
    preview_finish(&preview);
    return code;
}

/* Refused (F09), and nothing of ours was touched: merged, which a person is asked about. --yes was
 * said to what was shown before: nobody chose this. */
static bool refused_asks(struct apply *apply, const struct write *w)
{
    struct cli *cli = apply->cli;
    if (cli->line.flag[FLAG_CONFIRM] || cli_has(cli, FLAG_YES))
        return false;
    cli_say(cli, "%s: %s; read again and merged:", typed_word(w), write_refused(w)->what);
    say_fields(apply, w);
    return true;
}

/* What it came to rest at, but for PREVIEW. */
static enum exit_code rested(struct apply *apply, const struct write *w)
{
    if (apply->interrupted && write_state(w) != WRITE_DONE)
        return interrupted(apply, w);
    return write_state(w) == WRITE_CONFLICT ? conflict(apply, w) : told(apply, w);
}

/* From PREVIEW on: shown or agreed to, and sent; `open` is given up for it, once it is agreed to. A
 * second look may lead back to PREVIEW with another change; then it is asked again. */
static enum exit_code confirm(struct apply *apply, struct write *w, int64_t open)
{
    struct preview preview;
    struct error err = {0};
    bool dry = cli_has(apply->cli, FLAG_DRY_RUN);
    while (write_state(w) == WRITE_PREVIEW && !apply->interrupted) {
        preview_init(&preview);
        make_preview(apply, w, dry, &preview); /* a dry run is a plan: references are whole */
        enum exit_code code = dry ? show(apply, w, &preview) : EXIT_DONE;
        preview.needs_name |= open != 0;
        enum status st = dry ? ST_OK : ask(apply, w, &preview, &err);
        preview_finish(&preview);
        if (dry)
            return code;
        if (st != ST_OK)
            return cli_fail(apply->cli, &err);
        unsettled_release(apply, open);
        open = 0;
        write_confirm(w);
        wait_rest(apply, w);
        if (write_state(w) == WRITE_PREVIEW && write_refused(w) && !refused_asks(apply, w))
            return conflict(apply, w);
    }
    return rested(apply, w);
}

/* On the account that this is about, or a create of the same name. */
static struct unsettled left_open(struct apply *apply, const struct write_spec *spec)
{
    static const struct span none = {"", 0};
    bool creates = spec->kind == JOURNAL_CREATE;
    return unsettled_wait(apply, creates ? none : account_id(spec->base),
                          creates ? account_name(spec->mine) : none);
}

static bool dry_run(const struct apply *apply)
{
    return cli_has(apply->cli, FLAG_DRY_RUN);
}

enum exit_code apply_one(struct apply *apply, const struct write_spec *spec, struct str *id)
{
    enum exit_code code;
    struct unsettled open = {NULL, 0};
    if (!dry_run(apply))
        open = left_open(apply, spec);
    bool ours = open.ours && cli_has(apply->cli, FLAG_RELEASE) && unsettled_may_release(open.ours);
    if (open.elsewhere || (open.ours && !ours))
        return unsettled_refuse(apply, &open);
    int64_t given_up = open.ours ? write_op(open.ours) : 0;
    struct write *w = write_start(apply->writes, spec, on_change, apply);
    wait_rest(apply, w);
    if (write_state(w) == WRITE_PREVIEW)
        code = confirm(apply, w, given_up);
    else
        code = rested(apply, w);
    if (id)
        str_add(id, write_account_id(w));
    write_close(w);
    return code;
}

const char *apply_reason(const struct cli *cli)
{
    const char *reason = cli->line.flag[FLAG_REASON];
    return reason ? reason : "";
}
