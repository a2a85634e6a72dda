/* history_list.h: what the tabs of the history have in common: numbered rows, the newest first,
 * under a line with a filter. The tab has the rows; the list knows which of them match, where the
 * cursor is (on a number, wherever that row goes), and what is typed. */
#ifndef TUI_SCREENS_HISTORY_LIST_H
#define TUI_SCREENS_HISTORY_LIST_H

#include "model/filter.h"
#include "tui/app.h"
#include "tui/widgets/line_editor.h"
#include "tui/widgets/table.h"

/* A tab; rows are told by their index in what the tab has. */
struct history_kind {
    const struct table_column *columns;
    size_t column_count;
    void (*cell)(void *tab, size_t row, int column, struct table_cell *out); /* column: its id */
    int64_t (*number)(const void *tab, size_t row);                          /* > 0 */
    bool (*matches)(const void *tab, size_t row, const struct filter *filter);
    int64_t (*now_wall_ms)(const struct app *app); /* whose clock the ages of a filter go by */
    const char *example;                           /* of a filter */
    const char *reading, *no_match, *nothing;      /* what an empty list says */
};

struct history_list {
    struct app *app;
    const struct history_kind *kind;
    void *tab;
    size_t *shown; /* owned; indexes of rows that match, rising */
    size_t shown_count, shown_room;
    size_t *found; /* owned; of a filter, or of rows, that is being looked at: shown when done */
    size_t found_count, found_room;
    size_t tried; /* rows that were held against it */
    bool trying;
    loop_timer timer;
    struct table table;
    int64_t cursor; /* the number under it, 0: none */
    struct column_set *columns;
    struct filter *filter;   /* NULL: all */
    size_t count;            /* rows that the tab has */
    struct error filter_err; /* of the text being typed */
    size_t filter_err_at;    /* the byte of it where that stands */
    struct line_editor editor;
    bool typing;
};

/* kind and tab (borrowed); columns: what filters may name, taken over. */
void history_list_init(struct history_list *l, struct app *app, const struct history_kind *kind,
                       void *tab, struct column_set *columns);
void history_list_finish(struct history_list *l);

/* After the tab's rows have changed: filters anew, the cursor stays on its number. `front` of them
 * are new and stand before those that the list knew. Many are filtered in slices of the loop's
 * turns; until then the last result stays. */
void history_list_set(struct history_list *l, size_t count, size_t front);
/* Rows were added at the end, and nothing else: only those are looked at. */
void history_list_grown(struct history_list *l, size_t count);
/* The row under the cursor; false when there is none. */
bool history_list_current(const struct history_list *l, size_t *row);

/* The moves, the filter and leaving it; EFFECT_NONE when the action is none of these. */
unsigned history_list_action(struct history_list *l, enum action_id action);
unsigned history_list_key(struct history_list *l, const struct key *key);
/* The key context. */
const char *history_list_context(const struct history_list *l);
/* err: why rows are missing, with its status ST_OK when none are; done: all have been read. */
void history_list_draw(struct history_list *l, const struct canvas *c, const struct error *err,
                       bool done);

#endif
