/* monitor_lists.h: the four lists of the monitor: groups, what runs out, changes of health,
 * findings. Each is a table that asks the monitor for what it shows. */
#ifndef TUI_SCREENS_MONITOR_LISTS_H
#define TUI_SCREENS_MONITOR_LISTS_H

#include "cli/group_past.h"
#include "tui/app.h"
#include "tui/widgets/table.h"

enum monitor_list { LIST_GROUPS, LIST_RUNOUTS, LIST_CHANGES, LIST_FINDINGS, LIST_COUNT };
/* How groups are sorted. */
enum group_sort { SORT_ACCOUNTS, SORT_USED, SORT_EOM, SORT_NAME, SORT_COUNT };

/* What the operator moved the cursor onto, and what it follows from one outcome to the next. */
struct monitor_held {
    bool any;
    struct str text; /* owned; a group, an account's id */
    int64_t number;  /* a row, a time */
    int kind;        /* a counter, a rule */
};

struct monitor_lists {
    struct app *app;         /* (borrowed) */
    struct group_past *past; /* owned; of the groups' days */
    struct table tables[LIST_COUNT];
    size_t *order; /* of the groups; owned */
    size_t order_room;
    enum group_sort sort;
    char titles[LIST_COUNT][48];
    struct monitor_held held[LIST_COUNT];
    struct str by; /* owned; what the groups were by at the last update */
};

void monitor_lists_init(struct monitor_lists *l, struct app *app);
void monitor_lists_finish(struct monitor_lists *l);
/* After a new outcome. */
void monitor_lists_update(struct monitor_lists *l);
void monitor_lists_move(struct monitor_lists *l, enum monitor_list which, enum move move);
void monitor_lists_draw(struct monitor_lists *l, enum monitor_list which, const struct canvas *c,
                        bool focus);
/* Whether there is an outcome to show: one of no accounts says nothing while they are read. */
bool monitor_lists_ready(const struct monitor_lists *l);
size_t monitor_lists_rows(const struct monitor_lists *l, enum monitor_list which);
/* The account under the cursor of a list; ROW_NONE for groups and without one. */
row_id monitor_lists_row(const struct monitor_lists *l, enum monitor_list which);
/* The counter that it is about. */
enum series_counter monitor_lists_counter(const struct monitor_lists *l, enum monitor_list which);
/* The group under the cursor, or NULL. */
const struct monitor_sum *monitor_lists_group(const struct monitor_lists *l);
const char *group_sort_name(enum group_sort sort);

#endif
