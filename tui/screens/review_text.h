/* review_text.h: the words of the review, by the state of the write. */
#ifndef TUI_SCREENS_REVIEW_TEXT_H
#define TUI_SCREENS_REVIEW_TEXT_H

#include "tui/app.h"
#include "tui/widgets/textview.h"
#include "write/preview.h"
#include "write/siblings.h"

/* Who is left, as last counted: a walk over all accounts, which no tick and no key is to repeat. */
struct review_left {
    bool counted;
    row_id of;        /* what it was counted for */
    uint64_t changes; /* the session's fleet_changes then */
    struct siblings siblings;
};

struct review_view {
    struct app *app; /* (borrowed), as all below */
    const struct write *write;
    struct textview *text;        /* cleared; filled */
    const char *note, *more;      /* what to know before, and a line below it; or "" */
    bool form;                    /* a form is below: `e` goes back to it */
    bool beside;                  /* it is of a plan that is open here, and goes on there */
    bool rename;                  /* not applied: `e` asks for another name */
    const struct field_set *mine; /* CONFLICT: where mine was chosen */
    enum field at;                /* CONFLICT: the field under the cursor */
    struct span changer;      /* CONFLICT: "write 12 by ann@host, 12:40:37Z"; empty: not known */
    struct review_left *left; /* kept from one call to the next */
    bool reveal;              /* credentials are shown */
    bool needs_name;          /* out: the name has to be typed */
};

void review_text(struct review_view *v);
/* The write's preview with the profile and the flags that this console began with. preview: as for
 * preview_make; the caller's to finish. */
void review_preview(struct app *app, const struct write *write, bool reveal,
                    struct preview *preview);

#endif
