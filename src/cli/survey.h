/* survey.h: the whole list, once, with what the monitor knows of it: for lint, forecast, and lists
 * that ask for computed columns. */
#ifndef CLI_SURVEY_H
#define CLI_SURVEY_H

#include "cli/context.h"
#include "cli/report.h"
#include "fleet/fleet.h"
#include "model/filter.h"
#include "model/problem.h"
#include "monitor/monitor.h"

/* The monitor's settings from the configuration; health and its texts are (borrowed) by it. */
void monitor_settings_from(const struct config *config, const struct health_classes *health,
                           struct monitor_settings *out);
struct health_classes health_classes_from(const struct config *config);
/* Where the history is kept; NULL when none is (mem_free). */
char *history_path(const struct config *config, const struct paths *paths);

/* Adds what a filter may ask beyond the fields: health and problem. Both are (borrowed) by the set,
 * and judge nothing before the configuration is read (judges_read). */
void judges_add(struct column_set *columns, struct health_classes *health,
                struct problem_column *problem);
/* What the configuration counts as ill and as stale, by the server's clock. */
void judges_read(const struct cli *cli, struct health_classes *health,
                 struct problem_column *problem);

struct survey {
    struct cli *cli;
    struct column_set *columns; /* with health, problem and the monitor's */
    struct health_classes health;
    struct problem_column problem;
    struct monitor_settings settings;
    struct fleet *fleet;
    struct filter *filter;   /* NULL: none */
    struct monitor *monitor; /* NULL before survey_monitor */
};
/* Takes a sample of the list, which is kept, and waits for the outcome. The history that cannot be
 * kept is told on stderr. */
void survey_monitor(struct survey *s);
/* The same for a list that is loaded already; monitor_destroy it. settings is (borrowed). */
struct monitor *monitor_loaded(struct cli *cli, struct fleet *fleet,
                               const struct column_set *columns,
                               const struct monitor_settings *settings);
/* Where the profile names a Prometheus: days that this machine does not know of these accounts are
 * read there for the forecasts of m, and a new outcome is waited for. Why not is told on stderr,
 * and how many accounts rest on it. */
void monitor_lent(struct cli *cli, struct fleet *fleet, struct monitor *m);
/* A command that finds something in the list: makes a report, reads the arguments as a filter,
 * loads, and has `find` look (a list that is not complete is looked at, and said), which fills the
 * report, puts it out and says what it comes to. Errors are told; gives the exit code. */
typedef enum exit_code survey_find_fn(struct survey *s, struct report *r);
enum exit_code survey_report(struct cli *cli, const struct report_column *columns, size_t count,
                             survey_find_fn *find);
/* Prints the whole report. */
void survey_put(struct survey *s, struct report *r);
/* The rows that the filter matches, ordered by name and id (mem_free). */
row_id *survey_rows(struct survey *s, size_t *count);

#endif
