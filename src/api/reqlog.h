/* reqlog.h: the last requests, for the `@` screen: method, path, status, time, size; never a
 * header, a body or a query's cursor in full. A ring; entries are copied in. */
#ifndef API_REQLOG_H
#define API_REQLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQLOG_ENTRIES 500

struct reqlog_entry {
    uint64_t number;     /* 1, 2, ... in the order started */
    int64_t wall_ms;     /* when it was started */
    const char *method;  /* static */
    char path[200];      /* with its query; cut; text_safe() before a sink */
    int http;            /* 0: no reply yet, or none */
    int curl;            /* CURLcode, 0 when fine */
    int64_t duration_ms; /* -1: still running */
    int64_t bytes_in, bytes_out;
    int attempt;          /* 1.. */
    char http_version[8]; /* "1.1", "2" */
    char request_id[72];  /* the server's word for it, or "" */
    char note[240];       /* the error in words, or "" */
};

struct reqlog;
struct reqlog *reqlog_create(void);
void reqlog_destroy(struct reqlog *log);
/* Copies the entry in, under a new number, which is returned. */
uint64_t reqlog_start(struct reqlog *log, const struct reqlog_entry *entry);
/* The entry of that number to be completed, or NULL when it was pushed out; (borrowed). */
struct reqlog_entry *reqlog_find(struct reqlog *log, uint64_t number);
size_t reqlog_count(const struct reqlog *log);
/* i = 0 is the newest; (borrowed) until the next start. */
const struct reqlog_entry *reqlog_at(const struct reqlog *log, size_t i);

#endif
