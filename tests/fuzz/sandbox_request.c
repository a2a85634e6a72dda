/* sandbox_request.c: a request to the sandbox: whatever it is, it is answered, and a refusal is
 * JSON. The first bytes choose method and path, the rest is query or body. */
#include "fuzz.h"

#include "sandbox/routes.h"
#include "sandbox/seed.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static struct box box;
static struct faults faults;
static char account_path[200];

static void world_end(void)
{
    store_close(box.store);
    faults_finish(&faults);
}

static void no_wait(void *ctx, int64_t ms)
{
    (void)ctx;
    (void)ms;
}

static void world_begin(void)
{
    struct error err;
    struct seed seed;
    static struct clock_manual manual = {1000000, 1760968927000};
    const struct store_options o = {NULL, clock_from_manual(&manual), 1, false};
    struct reply reply = {0};
    HOLDS(store_open(&o, &box.store, &err) == ST_OK);
    seed_init(&seed, 1, "org_demo", 5, manual.wall_ms);
    HOLDS(store_fill(box.store, 5, seed_make, &seed, &err) == ST_OK);
    seed_finish(&seed);
    faults_init(&faults, o.clock);
    box.faults = &faults;
    box.clock = o.clock;
    box.wait = no_wait;
    box.token = "t";
    box.orgs[0] = "org_demo";
    box.org_count = 1;
    struct request first = {.method = "GET",
                            .path = "/v1/orgs/org_demo/provider-accounts",
                            .authorization = "Bearer t"};
    routes_answer(&box, &first, &reply);
    cJSON *page = cJSON_Parse(str_text(&reply.body));
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(
        cJSON_GetArrayItem(cJSON_GetObjectItem(page, "accounts"), 0), "provider_account_id"));
    HOLDS(id);
    snprintf(account_path, sizeof account_path, "%s/%s", first.path, id);
    cJSON_Delete(page);
    reply_finish(&reply);
    atexit(world_end);
}

static void answer(const struct request *r)
{
    struct reply reply = {0};
    routes_answer(&box, r, &reply);
    HOLDS(reply.status >= 200 && reply.status < 600);
    if (reply.body.len && reply.content_type && strstr(reply.content_type, "json")) {
        cJSON *json = cJSON_ParseWithLength(reply.body.data, reply.body.len);
        HOLDS(json);
        cJSON_Delete(json);
    }
    reply_finish(&reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE", "PUT"};
    if (!box.store)
        world_begin();
    if (len < 3 || len > 20000)
        return 0;
    const char *paths[] = {"/v1/orgs/org_demo/provider-accounts", account_path,
                           "/v1/orgs/org_demo/provider-accounts/nobody", "/health"};
    struct request r = {.method = methods[bytes[0] % 5],
                        .path = paths[bytes[1] % 4],
                        .authorization = bytes[1] < 250 ? "Bearer t" : NULL,
                        .content_type = "application/json"};
    char *text = strndup((const char *)bytes + 3, len - 3);
    /* The account stays: a DELETE of it would leave nothing to change. */
    if (strcmp(r.method, "DELETE") == 0 && r.path == account_path)
        r.path = paths[2];
    if (strcmp(r.method, "GET") == 0)
        r.query[bytes[2] % QUERY_COUNT] = text;
    else
        str_append(&r.body, (const char *)bytes + 3, len - 3);
    box.behaviours = bytes[2];
    answer(&r);
    str_finish(&r.body);
    free(text);
    return 0;
}
