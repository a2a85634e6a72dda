/* transport_private.h: what the transport's files share. Not for others. */
#ifndef API_TRANSPORT_PRIVATE_H
#define API_TRANSPORT_PRIVATE_H

#include "api/transport.h"

#include <curl/curl.h>

struct transport {
    struct loop *loop; /* (borrowed) */
    CURLM *multi;
    loop_timer timer; /* libcurl's */
    loop_timer kick;  /* adds what waits and takes out what was cancelled */
    loop_timer go_on; /* ends the pauses */
    int go_on_turns;  /* of the loop, until then */
    bool inside;      /* libcurl is on the stack */
    struct transfer *first;
    char *scheme, *ca_file, *client_cert, *client_key, *proxy_ca_file, *proxy, *no_proxy;
    char *proxy_shown; /* of it, without its password */
    char *user_agent;
    long connect_timeout_ms, total_timeout_ms, low_speed_seconds;
};

enum transfer_state {
    TRANSFER_WAITS, /* not yet added to the multi handle */
    TRANSFER_ADDED,
    TRANSFER_DEAD, /* cancelled while libcurl was on the stack */
};

struct transfer {
    struct transport *t;
    struct transfer *prev, *next;
    CURL *easy;
    struct curl_slist *headers;
    enum transfer_state state;
    bool secret_header; /* the first header holds the token */
    struct transfer_events events;
    void *ctx;
    bool began, oversize, stopped;
    bool head_whole; /* the blank line after the headers came */
    size_t body_bytes, header_bytes, send_bytes;
    bool paused;
    size_t taken; /* of the bytes that libcurl will deliver again after a pause */
    struct str location, request_id, retry_after, date;
    char words[CURL_ERROR_SIZE];
};

/* Everything of a transfer but its callbacks: transport_options.c. */
void transport_set(const struct transport *t, struct transfer *x,
                   const struct transfer_request *request);

#endif
