/* write_rig.c: see write_rig.h. */
#include "write_rig.h"

#include <stdio.h>
#include <string.h>

enum { TIMEOUT_MS = 10000 };

static enum status connect_api(struct write_rig *rig, const struct write_rig_options *o,
                               struct error *err)
{
    int64_t timeout = o->total_timeout_ms ? o->total_timeout_ms : TIMEOUT_MS;
    const struct api_settings settings = {.url = o->url,
                                          .org = o->org ? o->org : "org_demo",
                                          .connect_timeout_ms = timeout,
                                          .total_timeout_ms = timeout};
    if (api_global_init(err))
        return err->status;
    rig->api = api_create(rig->loop, &settings, NULL, err);
    if (!rig->api)
        return err->status;
    const char *token = o->token ? o->token : "test-token-1";
    return api_set_token(rig->api, secret_create(token, strlen(token)), err);
}

enum status write_rig_open(struct write_rig *rig, const struct write_rig_options *options,
                           struct error *err)
{
    memset(rig, 0, sizeof *rig);
    struct clock clock = options->clock.mono_ms ? options->clock : clock_system();
    rig->loop = loop_create(clock);
    rig->fleet = fleet_create();
    enum status st = connect_api(rig, options, err);
    if (st == ST_OK)
        st = journal_open(&rig->journal, options->journal, clock, err);
    if (st != ST_OK) {
        write_rig_close(rig);
        return st;
    }
    const struct writes_env env = {.loop = rig->loop,
                                   .api = rig->api,
                                   .fleet = rig->fleet,
                                   .journal = rig->journal,
                                   .profile = "test",
                                   .operator_name = "op@host",
                                   .origin = options->origin};
    rig->writes = writes_create(&env);
    return ST_OK;
}

void write_rig_close(struct write_rig *rig)
{
    writes_destroy(rig->writes);
    api_destroy(rig->api);
    journal_close(rig->journal);
    fleet_destroy(rig->fleet);
    loop_destroy(rig->loop);
    memset(rig, 0, sizeof *rig);
}

struct write *write_rig_rps(struct write_rig *rig, const struct account *base, int64_t rps)
{
    struct account mine;
    struct value v = value_int(rps);
    account_init(&mine);
    account_copy(&mine, base);
    account_set(&mine, FIELD_RPS, &v);
    struct write_spec spec = {.kind = JOURNAL_UPDATE, .base = base, .mine = &mine};
    struct write *w = write_start(rig->writes, &spec, NULL, NULL);
    account_finish(&mine);
    return w;
}

struct write *write_rig_create(struct write_rig *rig, const char *name)
{
    struct account mine;
    char raw[256];
    snprintf(raw, sizeof raw,
             "{\"name\":\"%s\",\"provider_type\":\"openai\",\"credentials_ref\":\"vault/n\","
             "\"rate_limit_policy\":{\"requests_per_second\":5},\"tags\":{\"a\":\"b\"}}",
             name);
    account_init(&mine);
    account_decode(&mine, span_of(raw), NULL);
    struct write_spec spec = {.kind = JOURNAL_CREATE, .mine = &mine};
    struct write *w = write_start(rig->writes, &spec, NULL, NULL);
    account_finish(&mine);
    return w;
}

struct write *write_rig_delete(struct write_rig *rig, const struct account *base)
{
    struct write_spec spec = {.kind = JOURNAL_DELETE, .base = base};
    return write_start(rig->writes, &spec, NULL, NULL);
}
