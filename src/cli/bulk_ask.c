/* bulk_ask.c: see bulk_ask.h. What is asked is asked on stderr and read from the terminal, or
 * answered by --yes and --confirm; what is dangerous is answered by its word alone. */
#include "cli/bulk_ask.h"

#include "base/quantity.h"
#include "base/text.h"
#include "cli/bulk.h"
#include "plan/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WARNED_MAX 10 /* accounts whose warnings are told */

uint32_t bulk_to_agree(const struct cli *cli, const struct plan *plan)
{
    bool again = cli_has(cli, FLAG_SEND_AGAIN) || cli_has(cli, FLAG_RELEASE);
    return plan_left(plan) + (again ? plan->states[PLAN_UNKNOWN] : 0);
}

/* "apply 5 changes", "send 7", "give up 2 writes", "apply 5 changes and give up 2 writes" */
static void add_task(const struct cli *cli, const struct plan *plan, struct str *out)
{
    uint32_t unknown = plan->states[PLAN_UNKNOWN];
    if (unknown && cli_has(cli, FLAG_SEND_AGAIN)) {
        str_printf(out, "send %s", QUANTITY(bulk_to_agree(cli, plan)));
        return;
    }
    if (plan_left(plan))
        plan_task_words(plan, out);
    if (unknown && cli_has(cli, FLAG_RELEASE))
        str_printf(out, "%sgive up %s write%s of unknown outcome", plan_left(plan) ? " and " : "",
                   QUANTITY(unknown), PLURAL(unknown));
}

/* ---- asking --------------------------------------------------------------------------------- */

/* "this deletes 2 accounts: nothing was sent without its typed word" */
static enum status refuse_unasked(const struct plan *plan, bool needs_word, const char *word,
                                  struct error *err)
{
    struct str why = STR_INIT;
    if (needs_word) {
        plan_text_danger(plan, &why);
        error_set(err, ST_USAGE, "%s%sthis is not done without a typed word: nothing was sent",
                  str_text(&why), why.len ? "; " : "");
        error_next(err, "add --confirm='%.100s'", word);
    } else {
        error_set(err, ST_USAGE, "there is no terminal to ask on: nothing was sent");
        error_next(err, "add --yes, or --dry-run to look at it");
    }
    str_finish(&why);
    return ST_USAGE;
}

static enum status read_word(struct cli *cli, const struct plan *plan, const char *word,
                             struct error *err)
{
    char answer[256] = "";
    struct str text = STR_INIT;
    bulk_text(cli, plan, &text);
    str_add(&text, "Type ");
    text_safe_z(&text, word, cli->safe);
    str_add(&text, " to ");
    add_task(cli, plan, &text);
    str_add(&text, ": ");
    fputs(str_text(&text), cli->err);
    fflush(cli->err);
    str_finish(&text);
    if (!fgets(answer, sizeof answer, stdin))
        answer[0] = '\0';
    answer[strcspn(answer, "\r\n")] = '\0';
    return strcmp(answer, word) == 0 ? ST_OK
                                     : error_set(err, ST_FAIL, "not applied: nothing was sent");
}

/* --confirm is the word that would be typed here, and nothing else: a number, a name or a label
 * that another script gave deletes nothing. */
static enum status check_confirm(const struct cli *cli, const struct plan *plan,
                                 const char *confirm, const char *word, struct error *err)
{
    struct str task = STR_INIT;
    if (strcmp(confirm, word) == 0)
        return ST_OK;
    add_task(cli, plan, &task);
    error_set(err, ST_USAGE,
              "--confirm='%.60s' is not the word of this plan, to %s: nothing was sent", confirm,
              str_text(&task));
    error_next(err, "look at it with --dry-run, then add --confirm='%.100s'", word);
    str_finish(&task);
    return ST_USAGE;
}

/* Agreed to without a look at the plan: what it warns of is said all the same, and keys that are
 * about to leave. */
static void warn_unseen(struct cli *cli, const struct plan *plan)
{
    const struct plan_text_options options = {.quiet = true, .safe = cli->safe};
    struct str words = STR_INIT;
    plan_text_warnings(plan, WARNED_MAX, &options, &words);
    plan_text_blast(plan, &options, &words);
    fputs(str_text(&words), cli->err);
    str_clear(&words);
    plan_text_keys(plan, 3, &words);
    if (words.len)
        cli_warn(cli, "%s; sent as they are", str_text(&words));
    str_finish(&words);
}

enum status bulk_agree(struct cli *cli, const struct plan *plan, struct error *err)
{
    const char *confirm = cli->line.flag[FLAG_CONFIRM];
    bool again = cli_has(cli, FLAG_SEND_AGAIN);
    bool gives_up = cli_has(cli, FLAG_RELEASE) && plan->states[PLAN_UNKNOWN];
    bool needs_word =
        plan_is_dangerous(plan) || again || gives_up || cli_has(cli, FLAG_REFRESH_STALE);
    struct str word = STR_INIT;
    bool shown = false;
    enum status st;
    if (gives_up && !plan_is_dangerous(plan) && !*cli->start->profile.label)
        str_printf(&word, "%u",
                   (unsigned)bulk_to_agree(cli, plan)); /* with those that are given up */
    else
        plan_confirm_word(plan, cli->start->profile.label, again, &word);
    if (confirm)
        st = check_confirm(cli, plan, confirm, str_text(&word), err);
    else if (!needs_word && cli_has(cli, FLAG_YES))
        st = ST_OK;
    else if (cli_has(cli, FLAG_NO_INPUT) || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        st = refuse_unasked(plan, needs_word, str_text(&word), err);
    else {
        st = read_word(cli, plan, str_text(&word), err);
        shown = true;
    }
    if (st == ST_OK && !shown)
        warn_unseen(cli, plan);
    str_finish(&word);
    return st;
}
