/* account_views.h: named views of the list, and what it was like when it was left. A part of the
 * accounts screen.
 *
 * A view is columns, order and filter (config/views.cfg, and the operator's own in the state
 * directory). What is changed by hand changes the list, not the view; W keeps it under a name. The
 * state in which the list is left is kept for each profile and organisation. */
#ifndef TUI_SCREENS_ACCOUNT_VIEWS_H
#define TUI_SCREENS_ACCOUNT_VIEWS_H

#include "config/views.h"
#include "tui/screens/account_line.h"
#include "tui/screens/account_list.h"

struct account_views {
    struct app *app;           /* (borrowed), as the two below */
    struct account_list *list; /* what is shown */
    struct account_line *line; /* what it is filtered by */
    struct view_defs named;    /* compiled in, and the operator's over them */
    struct view_defs mine;     /* the operator's own, as in their file */
    bool broken;               /* their file cannot be read: it is left alone */
    struct str name;           /* of the view that was chosen last; "" */
    struct str given,
        instead; /* the filter that the start asked for, and the one it stood in for */
};

/* Reads the views and begins with `want` (NULL: as the list was left, else "All"); then with
 * `filter` when it is not NULL. What cannot be read is told in a message and left out. */
void account_views_init(struct account_views *v, struct app *app, struct account_list *list,
                        struct account_line *line, const char *want, const char *filter);
/* Keeps the state; a filter that only this start asked for is not of it. */
void account_views_finish(struct account_views *v);
/* V W C < > I; EFFECT_NONE for others. */
unsigned account_views_action(struct account_views *v, enum action_id action);
/* Appends "view: At risk", with a sign when it was changed by hand. */
void account_views_note(const struct account_views *v, struct str *out);

/* The chooser of columns (C): its own file. changed is called with what was chosen. */
void columns_choose(struct app *app, struct account_list *list);

#endif
