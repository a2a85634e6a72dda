/* edit_form.h: a form over the field table: what was typed, what it means, what changed. Knows
 * nothing of screens above it. */
#ifndef TUI_SCREENS_EDIT_FORM_H
#define TUI_SCREENS_EDIT_FORM_H

#include "model/account.h"
#include "model/patch.h"
#include "model/warn.h"
#include "tui/screens/edit.h"
#include "tui/widgets/form.h"

struct edit_form {
    enum edit_mode mode;
    struct form form;
    struct account base; /* CHANGE: the copy that the form began from; else empty */
    struct account mine; /* what the texts mean; a field with an error keeps its base value */
    const char **offers[FIELD_COUNT]; /* owned, and its texts; NULL: the known values alone */
    char *began[FIELD_COUNT]; /* owned; the text each field began with, NULL: not in the form */
    size_t fields, changed;   /* settable fields in the form; of them, not as they began, or for a
                                 new account, not empty */
    warn_seen_fn *seen;       /* whether some account has a value; NULL: nobody is asked */
    void *seen_ctx;
    size_t touched;   /* not as they began: what would be lost by leaving */
    bool ranges_warn; /* the profile lets the server judge ranges */
    bool asked; /* a review was asked for: what is needed and empty is an error from then on */
    bool done;
};

/* `from` is the account to change or to clone, or an empty one. */
void edit_form_init(struct edit_form *f, enum edit_mode mode, const struct account *from,
                    bool ranges_warn);
void edit_form_finish(struct edit_form *f);
/* Adds to what an open set offers, behind the values that are known: those in use (copied). */
void edit_form_offer(struct edit_form *f, enum field field, const struct span *words, size_t count);
/* Reads all texts: mine, changed, and the errors and warnings under the rows. */
void edit_form_read(struct edit_form *f);
/* The focused row was edited: what the server refused about it no longer stands. */
void edit_form_touched(struct edit_form *f);
/* The focused row begins anew. */
void edit_form_revert(struct edit_form *f);
/* Before a review: fields that a create needs and that are empty get their error; what the server
 * refused before is left to the server to say again. */
void edit_form_require(struct edit_form *f);
/* Puts the server's word under the field; false when the form has no such field. */
bool edit_form_refuse(struct edit_form *f, enum field field, struct span msg);
/* The server's copy is another by now: fields that were not touched take it, touched ones keep what
 * was typed. */
void edit_form_rebase(struct edit_form *f, const struct account *server);
/* Appends the body that would be sent now. */
void edit_form_body(const struct edit_form *f, enum patch_policies policies, struct str *out);

#endif
