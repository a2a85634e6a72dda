/* plan_private.h: the plan screen's own state, shared by plan.c (keys and life) and plan_draw.c
 * (what is seen). Nobody else includes it. */
#ifndef TUI_SCREENS_PLAN_PRIVATE_H
#define TUI_SCREENS_PLAN_PRIVATE_H

#include "plan/blast.h"
#include "plan/names.h"
#include "plan/options.h"
#include "plan/refresh.h"
#include "plan/run.h"
#include "tui/screens/plan.h"
#include "tui/widgets/table.h"

#define PLAN_KEYS 14 /* of the key bar */

/* What an item changes, for the cells of the row that is drawn. */
struct plan_row {
    bool ready;
    uint32_t index;
    struct plan_field fields[FIELD_COUNT];
    size_t count;
    struct arena mem;
};

struct plan_view {
    struct app *app;
    struct plan_build *build;       /* owned; while it is being built */
    struct plan_undo *undo;         /* owned; while what takes a plan back is read */
    struct plan *taken;             /* owned; that, while names are read for it */
    struct plan_names *names;       /* owned; of all accounts, then */
    struct plan_blast_count *blast; /* owned; of taken, after its names */
    uint32_t build_total;
    struct plan *plan;       /* owned; before it is applied */
    bool live;               /* the session's plan is shown */
    uint32_t again;          /* changes that the session's last plan has made just now */
    struct plan_options how; /* of the next time that it is applied: plan_view_how */
    bool how_chosen;         /* by the operator, since it was opened or begun */
    struct bulk *bulk;       /* owned reference; may be NULL */
    loop_timer timer;
    struct plan_refresh *refresh; /* owned; while the stale ones are read again */
    struct table table;
    enum field fields[FIELD_COUNT]; /* of the columns: all that change */
    size_t field_count;
    struct plan_names *created; /* owned; the names of what the plan creates */
    struct plan_row row;
    int name_cells;   /* of the longest name */
    int columns_for;  /* cells that they were fitted to; 0: anew at the next draw */
    bool all_fit;     /* every one is on the screen */
    bool edits;       /* left for another operation: the next plan takes its place */
    uint32_t renamed; /* the item whose name is asked for */
    bool failed_only; /* the rows that were not done, or that want a look before */
    uint32_t *shown;  /* owned; indexes of those */
    uint32_t shown_count;
    int *bar; /* owned; PLAN_KEYS: filled when it is asked for */
};

/* The plan that is shown; NULL while it is being built. */
const struct plan *plan_view_plan(const struct plan_view *v);
/* The item of a row. */
const struct plan_item *plan_view_item(const struct plan_view *v, size_t row, uint32_t *index);

/* How it is applied, or, when it is not being applied, how it would be. */
struct plan_options plan_view_how(const struct plan_view *v);

bool plan_view_applying(const struct plan_view *v);
/* The rows, after the plan or its states are others. */
void plan_view_update(struct plan_view *v);
/* A plan has come to be the screen's. */
void plan_view_there(struct plan_view *v);

/* "Plan 7F3A has just done the same to 5 of these accounts"; false: none has. */
bool plan_view_again_words(const struct plan_view *v, struct str *out);

/* plan_apply.c: handlers. */
unsigned plan_do_apply(void *self, enum action_id action);
unsigned plan_do_pause(void *self, enum action_id action);
unsigned plan_do_stop(void *self, enum action_id action);
unsigned plan_do_how(void *self, enum action_id action);

/* plan_open.c: handlers of Enter, and of what is done to a write that is not settled; whether the
 * cursor is on one. */
unsigned plan_do_open(void *self, enum action_id action);
unsigned plan_do_look_after(void *self, enum action_id action);
bool plan_at_unsettled(const struct plan_view *v);

/* plan_stale.c: begins to read the stale ones again; the plan that comes of it is shown. */
unsigned plan_stale_begin(void *self, enum action_id action);
/* Stops reading; whether it was. */
bool plan_stale_cancel(struct plan_view *v);

/* plan_rename.c: asks for another name for what is created at the cursor; whether the plan, before
 * it is applied, creates something. */
unsigned plan_rename_begin(struct plan_view *v);
bool plan_view_creates(const struct plan_view *v);

/* plan_bar.c: callbacks of the screen, and how the plan goes on when its screen is left. */
void plan_heading(const void *self, struct str *out);
const int *plan_bar(const void *self, size_t *count);
const char *plan_label(const void *self, enum action_id action);
const char *plan_view_going_words(const struct plan_view *v); /* static */

/* plan_cells.c: finds the columns for this plan; after it is there. */
void plan_draw_columns(struct plan_view *v);
/* Gives them to the table for a screen of so many cells; there is a plan. */
void plan_fit_columns(struct plan_view *v, int cells);
void plan_draw_cell(void *ctx, size_t row, size_t column, struct table_cell *out);

/* plan_draw.c */
void plan_draw(void *self, const struct canvas *c);

#endif
