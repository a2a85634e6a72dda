/* options.c: see options.h. A row says the name, where the value goes and what it may be. */
#include "sandbox/options.h"

#include "sandbox/behaviour.h"
#include "sandbox/faults.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum option_kind { OPTION_FLAG, OPTION_INT, OPTION_REAL, OPTION_TEXT, OPTION_BEHAVIOURS };

struct option_row {
    const char *name, *value, *help; /* value: its name in the help, NULL for a flag */
    enum option_kind kind;
    size_t at;
    int64_t low, high;
};

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct option_row table[] = {
    {"--port", "N", "port on 127.0.0.1; 0 picks a free one (0)", OPTION_INT, AT(port), 0, 65535},
    {"--db", "FILE", "keep the accounts in FILE across runs (in memory)", OPTION_TEXT, AT(db), 0, 0},
    {"--accounts", "N", "sample accounts to make when there are none (0)", OPTION_INT, AT(accounts), 0, 1000000},
    {"--seed", "S", "which sample accounts (1)", OPTION_INT, AT(seed), 0, INT64_MAX},
    {"--org", "ID[,ID]", "organisations; the first gets the accounts, others a tenth (org_demo)", OPTION_TEXT, AT(org), 0, 0},
    {"--token", "TOKEN", "bearer token; better: PADDOCK_SANDBOX_TOKEN (random)", OPTION_TEXT, AT(token), 0, 0},
    {"--token-file", "FILE", "write the token to FILE, mode 0600", OPTION_TEXT, AT(token_file), 0, 0},
    {"--latency-ms", "N", "wait before each answer (0)", OPTION_INT, AT(latency_ms), 0, 600000},
    {"--page-latency-ms", "N", "wait more before each list page (0)", OPTION_INT, AT(page_latency_ms), 0, 600000},
    {"--mbit", "N", "send at N megabits a second a connection; 0 is as fast as it goes (0)", OPTION_INT, AT(mbit), 0, 100000},
    {"--time-scale", "X", "usage, health and the server's clock run X times as fast; 0: usage and health stand still (1)", OPTION_REAL, AT(time_scale), 0, 1000000},
    {"--behaviour", "NAME,...", "other readings of the API, see below", OPTION_BEHAVIOURS, AT(behaviours), 0, 0},
    {"--serial-pages", NULL, "make each list page once; nothing moves by itself", OPTION_FLAG, AT(serial_pages), 0, 0},
    {"--die-with-parent", NULL, "end when the parent process ends", OPTION_FLAG, AT(die_with_parent), 0, 0},
    {"--parent-pid", "PID", "end when process PID ends", OPTION_INT, AT(parent_pid), 1, INT32_MAX},
    {"--help", NULL, "print this", OPTION_FLAG, AT(help), 0, 0},
    {"--version", NULL, "print the version", OPTION_FLAG, AT(version), 0, 0},
};
/* clang-format on */
#define ROWS (sizeof table / sizeof *table)

static enum status set_int(const struct option_row *row, const char *text, void *at,
                           struct error *err)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end || errno || n < row->low || n > row->high)
        return error_set(err, ST_USAGE, "%s: %s is not a whole number from %lld to %lld", row->name,
                         text, (long long)row->low, (long long)row->high);
    *(int64_t *)at = n;
    return ST_OK;
}

static enum status set_real(const struct option_row *row, const char *text, void *at,
                            struct error *err)
{
    char *end;
    double x = strtod(text, &end);
    if (end == text || *end || !(x >= (double)row->low && x <= (double)row->high))
        return error_set(err, ST_USAGE, "%s: %s is not a number from %lld to %lld", row->name, text,
                         (long long)row->low, (long long)row->high);
    *(double *)at = x;
    return ST_OK;
}

static enum status set_text(const struct option_row *row, const char *text, void *at,
                            struct error *err)
{
    if (!*text)
        return error_set(err, ST_USAGE, "%s: the value is empty", row->name);
    *(const char **)at = text;
    return ST_OK;
}

static enum status set_behaviours(const struct option_row *row, const char *text, void *at,
                                  struct error *err)
{
    while (*text) {
        struct span name = {text, strcspn(text, ",")};
        size_t i = 0;
        while (i < BEHAVIOURS && !span_is(name, behaviour_table[i].name))
            i++;
        if (i == BEHAVIOURS)
            return error_set(err, ST_USAGE, "%s: no behaviour %.*s", row->name, (int)name.len,
                             name.p);
        *(unsigned *)at |= behaviour_table[i].flag;
        text += name.len + (text[name.len] == ',');
    }
    return ST_OK;
}

static enum status (*const setters[])(const struct option_row *row, const char *text, void *at,
                                      struct error *err) = {
    [OPTION_INT] = set_int,
    [OPTION_REAL] = set_real,
    [OPTION_TEXT] = set_text,
    [OPTION_BEHAVIOURS] = set_behaviours,
};

enum status options_parse(int argc, char **argv, struct options *out, struct error *err)
{
    *out = (struct options){.seed = 1, .time_scale = 1, .org = "org_demo"};
    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *value = NULL;
        size_t len = strcspn(arg, "=");
        const struct option_row *row = table;
        while (row < table + ROWS && (strlen(row->name) != len || memcmp(row->name, arg, len) != 0))
            row++;
        if (row == table + ROWS)
            return error_set(err, ST_USAGE, "%s: no such option", arg);
        void *at = (char *)out + row->at;
        if (arg[len])
            value = arg + len + 1;
        if (row->kind == OPTION_FLAG) {
            if (value)
                return error_set(err, ST_USAGE, "%s takes no value", row->name);
            *(bool *)at = true;
            continue;
        }
        if (!value && i + 1 < argc)
            value = argv[++i];
        if (!value)
            return error_set(err, ST_USAGE, "%s needs %s", row->name, row->value);
        enum status st = setters[row->kind](row, value, at, err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

void options_help(struct str *out)
{
    str_add(out, "Usage: paddock-sandbox [OPTION]...\n"
                 "A server of the Provider Accounts API on this machine, with sample accounts.\n"
                 "Prints its URL on one line, then serves until SIGTERM or SIGINT.\n\n");
    for (size_t i = 0; i < ROWS; i++) {
        const char *value = table[i].value ? table[i].value : "";
        str_printf(out, "  %s %s", table[i].name, value);
        size_t used = strlen(table[i].name) + strlen(value);
        str_fill(out, ' ', used < 24 ? 24 - used : 1);
        str_printf(out, "%s\n", table[i].help);
    }
    str_add(out, "\nBehaviours:\n");
    for (size_t i = 0; i < BEHAVIOURS; i++)
        str_printf(out, "  %-25s %s\n", behaviour_table[i].name, behaviour_table[i].help);
    str_add(out, "\nFaults (POST /_sandbox/faults {\"fault\":NAME}, with the token and\n"
                 "Content-Type: application/json):\n");
    for (size_t i = 0; i < FAULT_ROWS; i++)
        str_printf(out, "  %-25s %s\n", fault_table[i].name, fault_table[i].help);
}
