/* fault_private.h: what the two files of the fault server share: the connection, and how a reply
 * becomes bytes. */
#ifndef SUPPORT_FAULT_PRIVATE_H
#define SUPPORT_FAULT_PRIVATE_H

#include "base/str.h"
#include "fault_server.h"

/* The reply as it goes over the wire, before any cut. */
void fault_reply_build(const struct fault_reply *reply, struct str *out);

/* One request from the bytes of a connection. */
struct fault_parse {
    struct str in;   /* received and not yet used */
    size_t head_len; /* of the request at the start of `in`, 0 while its head is not whole */
    bool expects;    /* the client waits for 100 Continue */
};

/* Whether the head of a request is whole; fills p->head_len and p->expects. */
bool fault_head_ready(struct fault_parse *p);
/* Whether its body is there too; *used is then head and body in bytes, and body (appended) what
 * they carry. */
bool fault_body_ready(const struct fault_parse *p, size_t *used, struct str *body);
/* A record of the request at the start of p->in (its head whole or not); its numbers are 0. */
struct fault_request *fault_request_make(const struct fault_parse *p, const struct str *body);
void fault_request_free(struct fault_request *r);

#endif
