/* options.h: the command line, as a table. */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct options {
    int64_t port, accounts, seed, latency_ms, page_latency_ms, mbit, parent_pid;
    double time_scale;
    const char *db, *org, *token, *token_file; /* (borrowed) from argv */
    bool die_with_parent, serial_pages, help, version;
    unsigned behaviours;
};

/* Reads argv (argv[0] is skipped). ST_USAGE with what is wrong. */
enum status options_parse(int argc, char **argv, struct options *out, struct error *err);
/* Appends what --help prints. */
void options_help(struct str *out);

#endif
