/* kept.h: the accounts as the last complete sync left them, for commands: --offline, and what a
 * command's own sync leaves behind. */
#ifndef CLI_KEPT_H
#define CLI_KEPT_H

#include "cli/context.h"
#include "fleet/fleet.h"
#include "keep/keep.h"

/* What is kept of this server and organisation, for a fleet that is empty. write: a sync will be
 * followed. Needs cli_prepare; makes the loop when there is none yet. kept_close. */
struct keep *kept_open(struct cli *cli, struct fleet *fleet, bool write);
/* Says that a bad file was renamed aside (F22), and closes. NULL allowed. */
void kept_close(struct cli *cli, struct keep *keep);
/* --offline: fills the fleet from the snapshot and says on stderr how old it is. ST_FAIL: there is
 * none. */
enum status kept_load(struct cli *cli, struct fleet *fleet, struct error *err);

#endif
