/* behaviour.h: the other readings of the reference that --behaviour turns on. */
#ifndef SANDBOX_BEHAVIOUR_H
#define SANDBOX_BEHAVIOUR_H

enum behaviour {
    POLICIES_REPLACE = 1,    /* members of a policy that a PATCH leaves out get their default */
    TAGS_MERGE = 2,          /* tags of a PATCH are added to those that are there */
    NULL_IGNORE = 4,         /* null in a body is as if not sent */
    USAGE_MOVES_UPDATED = 8, /* updated_at follows the health checks */
    TOTAL_PAGE = 16,         /* total counts the page only */
    IGNORE_FILTERS = 32,     /* the list's filters do nothing */
    NO_CREATED_AT = 64,      /* accounts have no created_at */
    CURSOR_LAST = 128,       /* next_cursor stands after accounts */
    EXTRA_FIELD = 256,       /* accounts have a field that the reference does not know */
};

struct behaviour_row {
    const char *name, *help;
    enum behaviour flag;
};
#define BEHAVIOURS 9
extern const struct behaviour_row behaviour_table[BEHAVIOURS];

#endif
