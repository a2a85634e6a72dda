/* account_list.h: the table of the accounts screen: which columns, and what is in a cell. */
#ifndef TUI_SCREENS_ACCOUNT_LIST_H
#define TUI_SCREENS_ACCOUNT_LIST_H

#include "model/column_look.h"
#include "tui/app.h"
#include "tui/widgets/table.h"

#define LIST_COLUMNS_MAX 40
#define LIST_DRAWN_MAX   256 /* rows of a screen that are remembered */

struct cell_ctx;
struct shown_column {
    const struct column *column; /* (borrowed) from the session's set */
    struct column_look look;
    enum field field; /* what cell shows; FIELD_NONE: computed */
    void (*cell)(const struct cell_ctx *x, enum field field); /* NULL: computed */
};

struct account_list {
    struct app *app; /* (borrowed) */
    struct table table;
    struct shown_column columns[LIST_COLUMNS_MAX]; /* in the order of the screen */
    size_t column_count;
    const struct column *key;     /* shown because the list is sorted by it; NULL: none */
    row_id cursor;                /* the account, wherever its row is; ROW_NONE: none */
    uint64_t version;             /* of the view that the table knows */
    row_id drawn[LIST_DRAWN_MAX]; /* what the last draw showed, from the top */
    size_t drawn_count;
};

void account_list_init(struct account_list *l, struct app *app);
void account_list_finish(struct account_list *l);
/* After news: rows again, the cursor on its account. */
void account_list_update(struct account_list *l);
void account_list_move(struct account_list *l, enum move move);
/* The account under the cursor; ROW_NONE when nothing is shown. */
row_id account_list_cursor(const struct account_list *l);
void account_list_draw(struct account_list *l, const struct canvas *c, bool focus);
/* Appends why there is no row. */
void account_list_empty(struct app *app, struct str *out);
/* The same after account_list_move alone, on what was drawn last; true when it was enough. Accounts
 * may have come into the view since: where others than before are on the screen, all rows are
 * drawn. */
bool account_list_redraw(struct account_list *l, const struct canvas *c, bool focus);
/* Which columns, in their order; at most LIST_COLUMNS_MAX, at least 1. */
void account_list_set_columns(struct account_list *l, const struct column *const *columns,
                              size_t count);
void account_list_set_sort(struct account_list *l, const struct sort *sort);
/* Sorts by that column; again: the other way round. One that is not shown is shown behind the first
 * for as long as it sorts. */
void account_list_sort(struct account_list *l, const struct column *column);
/* The same, with the direction said. */
void account_list_order(struct account_list *l, const struct column *column, bool down);
/* Whether the list is sorted by it first; *down (may be NULL): the highest first. */
bool account_list_sorted_by(const struct account_list *l, const struct column *column, bool *down);

#endif
