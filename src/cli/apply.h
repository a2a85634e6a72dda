/* apply.h: one write after another from the command line, through the console's own machine:
 * checked, shown, agreed to, journalled, sent once, read back. */
#ifndef CLI_APPLY_H
#define CLI_APPLY_H

#include "cli/context.h"
#include "fleet/fleet.h"
#include "store/journal.h"
#include "write/write.h"

struct apply {
    struct cli *cli; /* (borrowed), connected */
    struct fleet *fleet;
    struct journal *journal; /* NULL: journal_error says why */
    struct error journal_error;
    struct writes *writes;
    struct keep *keep;      /* the snapshot, once something was applied; or NULL */
    char operator_name[80]; /* whom the journal names */
    bool changed, timed_out;
    bool interrupted;   /* by ^C or TERM, while it waited for a write */
    int64_t settling;   /* the write of an earlier paddock that is looked at; 0: none */
    struct str settled; /* what became of it, until it is told */
    int applied;        /* so far */
};

/* Opens the journal. Errors: ST_FORBIDDEN for a read-only profile; ST_IO when the journal was
 * unreadable and is kept beside a new one: told once, the next command goes on. Finish it in any
 * case, before cli_disconnect. */
enum status apply_open(struct apply *apply, struct cli *cli, struct error *err);
void apply_finish(struct apply *apply);

/* Does one write to its end and says what became of it. With --dry-run only the preview is printed,
 * and the code is EXIT_CHANGES when there is something to do. *id (may be NULL) gets the account's
 * id, of a create the new one. */
enum exit_code apply_one(struct apply *apply, const struct write_spec *spec, struct str *id);

/* Until the journal has what became of all writes so far, a few seconds at most; then tells what
 * was settled of an earlier paddock. A journal that cannot be written is named: its entries are
 * open still, and the next paddock looks at them. Called before anything is told of a write. */
void apply_wait_recorded(struct apply *apply);

/* --reason, or "". */
const char *apply_reason(const struct cli *cli);

#endif
