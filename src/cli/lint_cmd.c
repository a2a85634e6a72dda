/* lint_cmd.c: paddock lint: what looks wrong in the accounts, one line a finding. */
#include "cli/report.h"
#include "cli/survey.h"

#include "base/mem.h"
#include "base/quantity.h"
#include "base/vec.h"
#include "monitor/lint.h"

static const struct report_column columns[] = {{"account", false, false},
                                               {"id", false, false},
                                               {"rule", false, false},
                                               {"finding", false, false}};

static void report_field(struct report *r, const struct fleet *fleet, row_id row, enum field field)
{
    struct value v;
    fleet_get(fleet, row, field, &v);
    if (value_known(&v))
        report_text(r, v.text);
    else
        report_none(r);
}

/* All accounts are counted, those that the filter matches are judged. */
static void judge(struct survey *s, struct report *r)
{
    const struct clock clock = cli_clock(s->cli);
    size_t by_rule[LINT_COUNT] = {0};
    struct lint lint;
    size_t count;
    lint_init(&lint, &s->settings.lint, s->fleet);
    for (row_id row = 0; row < fleet_rows(s->fleet); row++) {
        if (fleet_alive(s->fleet, row))
            lint_count_row(&lint, row);
    }
    row_id *rows = survey_rows(s, &count);
    for (size_t i = 0; i < count; i++) {
        for (int rule = 0; rule < LINT_COUNT; rule++) {
            struct str text = STR_INIT;
            if (lint_check(&lint, rows[i], (enum lint_rule)rule, clock_wall(&clock), &text)) {
                report_field(r, s->fleet, rows[i], FIELD_NAME);
                report_field(r, s->fleet, rows[i], FIELD_ID);
                report_text(r, span_of(lint_id((enum lint_rule)rule)));
                report_text(r, span_from(&text));
                by_rule[rule]++;
            }
            str_finish(&text);
        }
    }
    cli_say(s->cli, "%s finding%s in %s account%s", QUANTITY(report_rows(r)),
            PLURAL(report_rows(r)), QUANTITY(count), PLURAL(count));
    for (int rule = 0; rule < LINT_COUNT; rule++) {
        if (by_rule[rule])
            cli_say(s->cli, "%s %s: %s", QUANTITY(by_rule[rule]), lint_id((enum lint_rule)rule),
                    lint_help((enum lint_rule)rule));
    }
    mem_free(rows);
    lint_finish(&lint);
}

static enum exit_code find(struct survey *s, struct report *r)
{
    judge(s, r);
    survey_put(s, r);
    return report_rows(r) ? EXIT_THRESHOLD : EXIT_DONE;
}

enum exit_code lint_run(struct cli *cli)
{
    return survey_report(cli, columns, ARRAY_LEN(columns), find);
}
