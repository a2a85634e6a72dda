/* output.h: accounts as text: table, wide, json, jsonl, csv, name.
 *
 * json and jsonl print records as received (every digit, unknown fields), made safe by \u escapes;
 * the others print columns. Credentials references are masked but in json and jsonl. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/error.h"
#include "base/str.h"
#include "model/column.h"

#include <stdbool.h>

/* In the order of the words of flag --output; the last two are a table and a wide one with --plain:
 * no titles, a tab between the columns. */
enum output_format {
    OUTPUT_TABLE,
    OUTPUT_WIDE,
    OUTPUT_JSON,
    OUTPUT_JSONL,
    OUTPUT_CSV,
    OUTPUT_NAME,
    OUTPUT_PLAIN,
    OUTPUT_PLAIN_WIDE
};

/* The format with --plain: a table without titles; the others are plain by themselves. */
static inline enum output_format output_plain(enum output_format format, bool plain)
{
    if (!plain)
        return format;
    return format == OUTPUT_TABLE  ? OUTPUT_PLAIN
           : format == OUTPUT_WIDE ? OUTPUT_PLAIN_WIDE
                                   : format;
}

struct output; /* collects rows */

/* columns: names separated by commas, or NULL for the format's own. safe: enum text_flags. set is
 * (borrowed) and outlives the output. Errors: ST_USAGE for an unknown column. */
enum status output_create(struct output **out, enum output_format format, const char *columns,
                          const struct column_set *set, unsigned safe, struct error *err);
void output_destroy(struct output *output);
/* Numbers are names (of writes): tables show all their digits, never 1.11k. */
void output_all_digits(struct output *output);
/* No terminal reads it: a CSV's texts are as data (csv_show in model/csv_guard.h). */
void output_as_data(struct output *output);

/* Appends what stands before the first row (csv's header, json's bracket). */
void output_begin(struct output *output, struct str *text);
/* Appends the row; a table keeps it until the end, since its widths are not known before. raw is
 * the account's JSON as received. */
void output_row(struct output *output, const struct row_source *row, struct span raw,
                struct str *text);
/* Appends what the row would say, by itself and without its place in a table or list: for whoever
 * asks whether it says something else than before. */
void output_text(struct output *output, const struct row_source *row, struct span raw,
                 struct str *text);
/* Appends the rest: the table, json's closing bracket. A table may begin anew after it. */
void output_end(struct output *output, struct str *text);
/* Appends one field of a CSV (RFC 4180), quoted where it must be, and where a reader might take off
 * blanks at its ends. A spreadsheet takes a text that begins like a formula for one: it is guarded
 * (model/csv_guard), unless it is a number. */
void output_csv(struct str *out, const char *text, size_t len, bool number);
/* Whether the rows stand for themselves as they come (all but json and the tables). */
bool output_streams(const struct output *output);

#endif
