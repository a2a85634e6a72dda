/* api_rig.h: the real API client on a real loop, for tests of what it does with a server: calls are
 * made and waited for, results are copied, time can be skipped, back-off is 0.
 *
 * The clocks are the machine's plus what the test skips: sockets work as ever, and a back-off of a
 * minute passes in no time. A wait that never ends fails the test after a minute of the machine's
 * time. */
#ifndef SUPPORT_API_RIG_H
#define SUPPORT_API_RIG_H

#include "api/api.h"
#include "base/str.h"
#include "loop/loop.h"
#include "tests/support/fault_server.h"

#define RIG_TOKEN "canary-token-7d1f"
#define RIG_LIST  "/v1/orgs/org_t/provider-accounts"
#define RIG_READ  "/v1/orgs/org_t/provider-accounts/a1"

/* A result as it was told, with copies of what it borrowed. */
struct rig_result {
    unsigned told; /* how often: must become 1 */
    enum status status;
    struct error error;
    int http, tries;
    bool may_have_left;
    struct str body, permission, request_id;
    size_t detail_count;
    enum field first_field; /* of the first detail */
    struct str first_msg;
    int64_t retry_after_ms, date_ms, started_mono_ms;
    struct page_summary page;
};

struct api_rig {
    int64_t skipped_ms;
    struct loop *loop;
    struct fault_server *server; /* owned; NULL when a URL was given */
    struct api *api;
    struct rig_result result; /* of the last rig_* call */
    /* What a list streamed. */
    unsigned records, bad_records, cursors, restarts;
    struct str cursor;
};

/* Opens a client with RIG_TOKEN for org "org_t". settings may be NULL; without a url in it a fault
 * server of its own is started. log may be NULL. */
void rig_open(struct api_rig *rig, const struct api_settings *settings, struct log *log);
void rig_close(struct api_rig *rig);

/* Another client on the same loop and server: no connection, no breaker from before. */
void rig_again(struct api_rig *rig, const struct api_settings *settings);

/* Each makes one call and turns the loop until it has been told once, into rig->result. */
void rig_list(struct api_rig *rig);
void rig_read(struct api_rig *rig, const char *id);
void rig_create(struct api_rig *rig, const char *body);
void rig_update(struct api_rig *rig, const char *id, const char *body);
void rig_delete(struct api_rig *rig, const char *id);
/* By method: GET reads "a1", POST creates, PATCH changes and DELETE deletes it. */
void rig_call(struct api_rig *rig, const char *method);

/* An api_fn whose ctx is a struct rig_result (zeroed before the first use). */
void rig_told(void *ctx, const struct api_result *result);
void rig_result_finish(struct rig_result *r);

/* Turns the loop until *told becomes n. */
void rig_until(struct api_rig *rig, const unsigned *told, unsigned n);
/* Turns the loop until no try is on its way and the server has answered n requests. */
void rig_until_answered(struct api_rig *rig, size_t n);
/* A few turns, for what must not happen. */
void rig_turns(struct api_rig *rig);
void rig_skip(struct api_rig *rig, int64_t ms);

/* Whether the request log holds the text in any path or note. */
bool rig_log_has(struct api_rig *rig, const char *text);

#endif
