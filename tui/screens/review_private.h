/* review_private.h: the review's own state, shared by its files: review.c (the screen),
 * review_conflict.c (fields changed by both), review_unknown.c (an outcome that is not known).
 * Nobody else includes it. */
#ifndef TUI_SCREENS_REVIEW_PRIVATE_H
#define TUI_SCREENS_REVIEW_PRIVATE_H

#include "tui/screens/review.h"
#include "tui/screens/review_text.h"
#include "tui/widgets/confirm.h"
#include "tui/widgets/textview.h"

struct review {
    struct app *app;
    struct write *write; /* (borrowed) from the session's writes; NULL once closed */
    void (*ended)(void *ctx, enum review_end end, struct write *write);
    void (*sent)(void *ctx, struct write *write);
    void *ctx;
    char *note, *more; /* owned; what stands above the preview, or "" */
    struct textview text;
    struct account choice;  /* CONFLICT: what will be asked for */
    struct field_set mine;  /* CONFLICT: fields where mine was chosen */
    enum field at;          /* CONFLICT: the field under the cursor */
    struct confirm confirm; /* the name, where it has to be typed */
    struct str changer;     /* CONFLICT: who changed it, as far as the journal knows; else empty */
    struct review_left left;
    bool needs_name, told;
    bool beside; /* a running plan has the write, and we look on */
    bool reveal; /* credentials are shown */
};

/* Makes the words anew, from the state of the write. */
void review_make_text(struct review *r);

/* A write that was not applied: read again and shown again, as a new write. */
unsigned review_again(struct review *r);

/* CONFLICT begins: every field is mine until the operator chooses. */
void review_conflict_begin(struct review *r);
unsigned review_conflict_action(void *self, enum action_id action);
/* Enter: on with what was chosen. */
void review_conflict_resolve(struct review *r);

/* Handlers of the actions on an UNKNOWN write. */
unsigned review_look(void *self, enum action_id action);
unsigned review_send_again(void *self, enum action_id action);
unsigned review_release(void *self, enum action_id action);
unsigned review_adopt(void *self, enum action_id action);

/* The command or the curl, to the clipboard. */
unsigned review_yank(void *self, enum action_id action);

#endif
