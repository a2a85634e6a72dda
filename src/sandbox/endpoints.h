/* endpoints.h: between the route table and its endpoints. */
#ifndef SANDBOX_ENDPOINTS_H
#define SANDBOX_ENDPOINTS_H

#include "sandbox/problem.h"
#include "sandbox/routes.h"

/* One request on its way. */
struct call {
    const struct request *request;
    struct reply *reply;
    char org[128];
    const char *id; /* (borrowed) of the path, NULL for the list */
};

typedef void endpoint(struct box *box, struct call *call);

/* The API (accounts.c). */
endpoint accounts_list, accounts_create, accounts_get, accounts_patch, accounts_delete;
/* For tests and the demo (control.c). */
endpoint control_faults, control_health, control_stats;

/* {"detail":"..."} with a status. */
void reply_plain(struct reply *reply, unsigned status, const char *detail);
/* The second envelope. `details` is JSON text. */
void reply_refuse(struct box *box, struct reply *reply, enum refusal what, const char *message,
                  const char *details);
/* 404 of an account, or 500. */
void reply_failed(struct box *box, struct call *call, const char *id, const struct error *err);
/* The body as JSON, or NULL with the reply that FastAPI gives for what it is instead. */
struct json *body_read(struct call *call);

#endif
