/* report.h: rows that are not accounts as text: table, json, jsonl, csv. For verbs that find or
 * compute something (lint, forecast). */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "base/error.h"
#include "base/str.h"
#include "cli/output.h"

#include <stdbool.h>
#include <stdint.h>

struct report_column {
    const char *key; /* of the JSON member and the CSV's header; the table's title is the same in
                        capitals, with blanks for _ */
    bool number;
    bool wide; /* left out of the table */
};

struct report;
/* columns are (borrowed) and outlive it; safe: enum text_flags. Errors: ST_USAGE for a format that
 * only accounts have (wide, name). */
enum status report_create(struct report **out, enum output_format format,
                          const struct report_column *columns, size_t count, unsigned safe,
                          struct error *err);
void report_destroy(struct report *r);
/* No terminal reads it: a CSV's texts are as data (csv_show in model/csv_guard.h). */
void report_as_data(struct report *r);

/* The cells of a row, one call each, in the order of the columns. shown (may be NULL) stands in the
 * table instead of the digits. */
void report_text(struct report *r, struct span text);
void report_number(struct report *r, int64_t n, const char *shown);
void report_none(struct report *r);
/* Appends all of it. */
void report_end(struct report *r, struct str *out);
size_t report_rows(const struct report *r);

#endif
