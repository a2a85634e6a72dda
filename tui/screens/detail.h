/* detail.h: the detail pane: one account, whole, in tabs. A part of the accounts screen, not a
 * screen of its own. */
#ifndef TUI_SCREENS_DETAIL_H
#define TUI_SCREENS_DETAIL_H

#include "tui/app.h"
#include "tui/widgets/textview.h"

enum detail_tab { DETAIL_OVERVIEW, DETAIL_JSON, DETAIL_TABS };

struct detail {
    struct app *app; /* (borrowed) */
    enum detail_tab tab;
    struct textview view;
    bool reveal; /* credentials are shown */
    /* What the text was made from: it is made again only when one of these is another. */
    row_id row;
    int64_t as_of, second;
    int cells;
    size_t made_lines; /* at least as many, or all */
    enum detail_tab made_tab;
    bool made_reveal, valid;
};

void detail_init(struct detail *d, struct app *app);
void detail_finish(struct detail *d);
/* Draws the row's account; ROW_NONE: says that there is none. */
void detail_draw(struct detail *d, const struct canvas *c, row_id row, bool focus);
/* The news came that the row changed. */
void detail_stale(struct detail *d);
/* Makes all of its text, for whoever has the view and searches it now: the next draw may make it
 * again as far as it is seen. */
void detail_whole(struct detail *d, row_id row);
/* Movement, tabs, reveal, the next match, of the row's account, whichever was drawn last.
 * EFFECT_NONE for other actions. */
unsigned detail_action(struct detail *d, row_id row, enum action_id action);

#endif
