/* behaviour.c: the table of behaviour.h. */
#include "sandbox/behaviour.h"

const struct behaviour_row behaviour_table[BEHAVIOURS] = {
    {"policies=replace", "a partial policy replaces the whole one", POLICIES_REPLACE},
    {"tags=merge", "tags of a PATCH are added to those there", TAGS_MERGE},
    {"null=ignore", "null in a body is as if not sent", NULL_IGNORE},
    {"usage-moves-updated-at", "updated_at follows usage and health", USAGE_MOVES_UPDATED},
    {"total=page", "total counts the accounts of the page only", TOTAL_PAGE},
    {"ignore-filters", "the filters of the list do nothing", IGNORE_FILTERS},
    {"no-created-at", "accounts come without created_at", NO_CREATED_AT},
    {"cursor-last", "next_cursor stands after accounts", CURSOR_LAST},
    {"extra-field", "accounts have a field nobody knows", EXTRA_FIELD},
};
