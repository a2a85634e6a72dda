/* sql_steps.h: how much SQLite does for a call: tens of the steps of its own machine, so that a
 * test can hold what a page of a list costs against what is in the file, whatever the machine's
 * speed. */
#ifndef SUPPORT_SQL_STEPS_H
#define SUPPORT_SQL_STEPS_H

#include <stddef.h>

/* Files that are opened between the two are counted from then on, all together. */
void sql_steps_watch(void);
void sql_steps_watch_no_more(void);
/* Tens of steps since the last call. */
size_t sql_steps(void);

#endif
