/* edit_draft.h: what was typed into a form, on disk from the first key, given back at the next `e`.
 */
#ifndef TUI_SCREENS_EDIT_DRAFT_H
#define TUI_SCREENS_EDIT_DRAFT_H

#include "tui/screens/edit_form.h"

/* Saves what differs from how the form began; drops the draft when nothing does. Failures cost the
 * draft, never the form; whether what is typed is on disk now. A clone has no draft, which is no
 * failure: ST_OK in *err, as when there is nothing to save. */
bool edit_draft_save(struct session *s, const struct edit_form *f, struct error *err);
void edit_draft_drop(struct session *s, const struct edit_form *f);
/* The form is closed: its draft, if it has one, is for whoever comes next. */
void edit_draft_leave(struct session *s, const struct edit_form *f);
/* Whether another paddock has a form open with a draft on this account: that one is not given here,
 * and none is kept of this form while it is. */
bool edit_draft_elsewhere(struct session *s, const struct edit_form *f);
/* The account that a draft began from, into `from` (initialised); false when there is none. id: the
 * account's, or empty for a create. The form is to begin from it, so that the check before sending
 * sees what others changed since. */
bool edit_draft_base(struct session *s, struct span id, struct account *from);
/* Puts the typed texts back into a form that began from edit_draft_base's account; returns how
 * many, and when they were saved. */
size_t edit_draft_apply(struct session *s, struct edit_form *f, int64_t *saved_wall_ms);

#endif
