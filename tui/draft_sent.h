/* draft_sent.h: the draft of a form whose write has left. It is put aside until the outcome is
 * settled: dropped when the change is there, given back when it is not. So nothing that was typed
 * is lost to an unknown outcome, and a create that may have been made is not offered a second time.
 */
#ifndef TUI_DRAFT_SENT_H
#define TUI_DRAFT_SENT_H

#include "tui/session.h"

/* The form's write is on its way. */
void draft_sent_begin(struct session *s, const struct write *w);
/* After each change of any write. */
void draft_sent_settle(struct session *s, const struct write *w);
/* After writes_resume: gives back what belongs to no open write (a console that was killed). */
void draft_sent_recover(struct session *s);

/* What was typed and neither sent nor given up, in words with the key that goes on with it; nothing
 * when there is none. Reads the disk. */
void draft_waiting(struct session *s, struct str *out);

#endif
