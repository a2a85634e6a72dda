/* metrics.h: the accounts as metrics, in OpenMetrics 1.0 or in Prometheus' older text format (the
 * one that node_exporter's textfile collector and `promtool check metrics` read).
 *
 * A page is made in pieces: a hundred thousand accounts are never one text in memory, and a reader
 * that is slow holds up nobody. The rows and the program's own numbers are frozen when the page
 * begins; an account that is gone meanwhile has no more samples. Every text from outside passes
 * text_safe and the format's own escapes; ids stay distinct. credentials_ref is never exported. */
#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include "fleet/fleet.h"
#include "model/health.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum metrics_format { METRICS_OPENMETRICS, METRICS_TEXT };

/* The Content-Type of a format; static. */
const char *metrics_content_type(enum metrics_format format);

/* Appends what stands for an account's id in the label provider_account_id, without quotes and
 * escapes of the format: the id itself when it is safe as it is, else percent-encoded. */
void metrics_id_label(struct str *out, struct span id);

/* The label that has an account's field in paddock_account_info, or in every metric of the account;
 * NULL: none has. Static. */
const char *metrics_label(enum field field);
/* Appends that of a tag that has it to itself; of several tags of an account that become one, each
 * has "_conflict1", "_conflict2" ... after it but the one whose key is that name. */
void metrics_tag_label(struct str *out, struct span key);

#define METRICS_PROVIDER "provider_type" /* the label that all metrics of an account have */

#define METRICS_CLASSES    6 /* [0]: no reply came; [2] 2xx ... [5] 5xx */
#define METRICS_OPERATIONS 8

struct metrics_operation {
    const char *name; /* "list"; (borrowed) */
    int64_t replies[METRICS_CLASSES];
    int64_t errors;
    const int64_t *took; /* [bounds + 1] requests by duration, not summed up; (borrowed) */
    double seconds;      /* the sum of the durations */
};

/* The program's own numbers. */
struct metrics_process {
    bool up, complete;
    int64_t complete_wall_ms, reply_wall_ms; /* WHEN_NONE: never */
    uint32_t accounts, bad, left_out;
    const double *bounds; /* upper bounds of the durations, in seconds, rising; (borrowed) */
    size_t bound_count;
    struct metrics_operation operations[METRICS_OPERATIONS];
    size_t operation_count;
};

struct metrics_spec {
    enum metrics_format format;
    const struct fleet *fleet; /* (borrowed) until the page is destroyed */
    const row_id *rows;        /* copied */
    uint32_t row_count;
    const struct health_classes *health; /* (borrowed), too */
    struct metrics_process process;      /* its numbers are used at once */
};

struct metrics_page;
struct metrics_page *metrics_page_create(const struct metrics_spec *spec);
void metrics_page_destroy(struct metrics_page *page); /* NULL allowed */
/* Fills up to `room` bytes and returns how many; 0 at the end. */
size_t metrics_page_read(struct metrics_page *page, char *bytes, size_t room);
/* The whole page into a file at once: written beside it and renamed, so that a reader sees the
 * old or the new one; 0644, because the reader is another user (node_exporter). Errors: ST_IO. */
enum status metrics_page_file(struct metrics_page *page, const char *path, struct error *err);

#endif
