/* seed.c: see seed.h. Each part draws from tables with weights, so that every state that a console
 * has to show is there in a list of a hundred. */
#include "sandbox/seed.h"

#include "sandbox/health.h"
#include "sandbox/random.h"

#include <math.h>

enum text_id {
    TEXT_ID,
    TEXT_NAME,
    TEXT_CREDENTIALS,
    TEXT_TAGS,
    TEXT_BRIDGE,
    TEXT_ENDPOINT,
    TEXT_NOTE
};

#define FIRST_CREATED INT64_C(1706745600000) /* 2024-02-01 */
#define CREATED_SPAN  (INT64_C(640) * STAMP_MS_PER_DAY)
#define LAST_UPDATE   INT64_C(1769817600000) /* 2026-01-31 */
#define DAY_S         86400.0

struct place {
    const char *region, *residency, *brief;
};
struct maker {
    const char *prefix, *model;
    struct place places[6];
    unsigned count;
};

/* In the order of box_providers. */
static const struct maker makers[] = {
    {"oa", "gpt", {{"us", "US", "us"}, {"eu", "EU", "eu"}, {"jp", "JP", "jp"}}, 3},
    {"an", "claude", {{"us", "US", "us"}, {"eu", "EU", "eu"}, {"global", NULL, "gl"}}, 3},
    {"az",
     "gpt",
     {{"swedencentral", "EU", "eu"},
      {"westeurope", "EU", "eu"},
      {"eastus2", "US", "us"},
      {"uksouth", "UK", "uk"},
      {"japaneast", "JP", "jp"},
      {"australiaeast", "AU", "au"}},
     6},
    {"gg",
     "gemini",
     {{"europe-west4", "EU", "eu"}, {"us-central1", "US", "us"}, {"asia-northeast1", "JP", "jp"}},
     3},
    {"co", "command", {{"us-east", "US", "us"}, {"ca-central", "CA", "ca"}}, 2},
    {"mi", "large", {{"eu-west", "EU", "eu"}, {"us-east", "US", "us"}}, 2},
    {"bd",
     "claude",
     {{"us-east-1", "US", "us"},
      {"us-west-2", "US", "us"},
      {"eu-central-1", "EU", "eu"},
      {"ap-southeast-2", "AU", "au"}},
     4},
    {"ds", "chat", {{"cn-hangzhou", "CN", "cn"}, {"ap-southeast", "SG", "sg"}}, 2},
    {"gq", "llama", {{"us-west", "US", "us"}, {"me-central", "SA", "me"}}, 2},
};
#define MAKERS (sizeof makers / sizeof *makers)

static const char *const envs[] = {"prod", "prod",  "prod", "stage",
                                   "dev",  "batch", "eval", "sandbox"};
static const char *const teams[] = {"search", "support",  "growth", "risk",
                                    "docs",   "platform", "legal"};
static const char *const tiers[] = {"gold", "silver", "bronze"};
static const char *const people[] = {"mina.okafor@example.com", "lars.holm@example.com",
                                     "p.fernandez@example.com", "terraform@example.com"};
/* Some of everything that a table has to align: wide, accented (composed and not), emoji. */
static const char *const world_names[] = {
    "東京-推論-本番",       "Zürich-Übersetzung", "São-Paulo-atendimento", "서울-검색-운영",
    "🚀-launch-week",        "Ελλάδα-νομικά",      "Cafe\xcc\x81-résumés",  "北京-客服-测试",
    "Łódź-tłumaczenia-öst", "naïve-façade-ﬁt",    "🔥🔥-do-not-touch",       "Москва-поиск"};
static const char *const notes[] = {
    "Customer-facing chat; page the platform team before changing limits.",
    "Nightly batch summaries.",
    "Evaluation runs of the research group.",
    "Fallback of the EU search path.",
    "Übersetzungen für die Rechtsabteilung – bitte nicht löschen.",
    "Shared by three teams. Budget owner: finance.\nRenewal in March.",
    "検索チームの本番アカウント"};

#define PICK(r, table) ((table)[random_below((r), sizeof(table) / sizeof *(table))])

static struct cell keep(struct seed *s, enum text_id id)
{
    return cell_text(span_from(&s->text[id]));
}

static void make_name(struct seed *s, struct random *r, const struct maker *m,
                      const struct place *p, const char *env)
{
    struct str *name = &s->text[TEXT_NAME];
    str_clear(name);
    if (random_below(r, 24) == 0)
        str_add(name, PICK(r, world_names));
    else
        str_printf(name, "%s-%s-%s-%s", m->prefix, m->model, p->brief, env);
    str_printf(name, "-%02u", 1 + random_below(r, 60));
}

static void make_credentials(struct seed *s, struct random *r, const char *provider)
{
    static const char *const stores[] = {"kv/prod/", "kv/prod/", "kv/old/", "vault:llm/"};
    struct str *ref = &s->text[TEXT_CREDENTIALS];
    str_clear(ref);
    str_printf(ref, "%s%s/key-%04x", PICK(r, stores), provider, random_below(r, 0x10000));
}

static void make_tags(struct seed *s, struct random *r, struct account *a, const char *env)
{
    unsigned dice = random_below(r, 100);
    struct str *tags = &s->text[TEXT_TAGS];
    str_clear(tags);
    if (dice < 4) {
        a->cells[BOX_TAGS] = cell_null();
        return;
    }
    str_add(tags, "{");
    if (dice >= 10) {
        str_printf(tags, "\"team\":\"%s\",\"env\":\"%s\"", PICK(r, teams), env);
        if (random_below(r, 2))
            str_printf(tags, ",\"tier\":\"%s\"", PICK(r, tiers));
        if (random_below(r, 5) == 0)
            str_printf(tags, ",\"cost-center\":\"cc-%u\"", 4000 + random_below(r, 900));
        if (random_below(r, 40) == 0)
            str_add(tags, ",\"所有者\":\"ミナ 🦊\"");
    }
    str_add(tags, "}");
    a->cells[BOX_TAGS] = keep(s, TEXT_TAGS);
}

/* How much of the quota is used: the states that the gauges have to tell apart. */
static void make_quota(const struct seed *s, struct random *r, struct account *a)
{
    static const struct {
        unsigned weight;
        double low, high;
    } fills[] = {{8, 0, 0}, {46, 0.08, 0.6}, {20, 0.6, 0.85}, {15, 0.85, 0.995}, {11, 1.0, 1.35}};
    static const int64_t sizes[] = {1000000,   5000000,   10000000,   50000000,   100000000,
                                    250000000, 500000000, 1000000000, 2000000000, 5000000000};
    unsigned dice = random_below(r, 100), shape = random_below(r, 100), f = 0;
    int64_t size = PICK(r, sizes);
    double pace = 0.2 + 1.2 * random_unit(r), ratio = 300 + 2700 * random_unit(r);
    while (dice >= fills[f].weight)
        dice -= fills[f++].weight;
    double used = (double)size * (fills[f].low + (fills[f].high - fills[f].low) * random_unit(r));
    a->cells[BOX_MAX_TOKENS] = cell_int(size);
    if (shape < 12)
        a->cells[BOX_MAX_TOKENS] = cell_null();
    else if (shape < 14)
        a->cells[BOX_MAX_TOKENS] = cell_int(0), used = 0, pace = 0;
    if (f == 0)
        pace *= random_below(r, 2); /* half of the empty ones stay empty */
    if (random_below(r, 3))
        a->cells[BOX_MAX_REQUESTS] = cell_int((int64_t)ceil((double)size / ratio / 100) * 130);
    a->cells[BOX_USED_TOKENS] = cell_int((int64_t)used);
    a->cells[BOX_USED_REQUESTS] = cell_int((int64_t)(used / ratio));
    a->cells[BOX_QUOTA] = cell_int(random_below(r, 70) != 0);
    a->use_rate = (double)size * pace / (30 * DAY_S);
    a->use_ratio = ratio;
    a->use_anchor = s->now;
}

/* A limit of tokens a minute that takes a day or more for the month's, as real ones do; every 24th
 * account has one that goes with its rate alone, for what looks for such. */
static struct cell tokens_a_minute(const struct account *a, int64_t i, int64_t rate)
{
    const struct cell *quota = &a->cells[BOX_MAX_TOKENS];
    int64_t day = quota->type == CELL_INT ? quota->n / (24 * 60) : 0;
    return cell_int(day <= 0 || rate <= day || i % 24 == 21 ? rate
                    : day < 1000                            ? day
                                                            : day / 1000 * 1000);
}

static void make_rates(struct random *r, struct account *a, int64_t i)
{
    static const int64_t seconds[] = {1, 2, 5, 10, 20, 50}, tens[] = {1, 2, 4, 8, 16, 32};
    static const int64_t waits[] = {20, 60, 120, 300, 300, 600};
    int64_t rps = PICK(r, seconds), size = PICK(r, tens);
    if (random_below(r, 5))
        a->cells[BOX_PER_SECOND] = cell_int(rps);
    if (random_below(r, 5))
        a->cells[BOX_PER_MINUTE] =
            cell_int(rps * (i % 24 == 11 ? 50 : 60)); /* few contradict the second */
    if (random_below(r, 4))
        a->cells[BOX_INPUT_TOKENS] = tokens_a_minute(a, i, size * 25000);
    if (i == 7) /* a double cannot hold it; as a quota it would drown every sum of the fleet */
        a->cells[BOX_INPUT_TOKENS] = cell_int(INT64_C(9007199254740993));
    if (random_below(r, 4))
        a->cells[BOX_OUTPUT_TOKENS] = tokens_a_minute(a, i, size * 8000);
    a->cells[BOX_CONCURRENCY] = cell_int(size * 5);
    a->cells[BOX_BURST] = cell_int(10 + rps * 2);
    if (random_below(r, 4) == 0)
        a->cells[BOX_QUEUE] = cell_word("reject");
    a->cells[BOX_QUEUE_TIMEOUT] = cell_int(PICK(r, waits));
    a->cells[BOX_RATE] = cell_int(random_below(r, 70) != 0);
}

static void make_routing(struct seed *s, struct random *r, struct account *a, const struct maker *m,
                         const struct place *p)
{
    if (random_below(r, 100) >= 18)
        return;
    a->cells[BOX_ROUTING] = cell_word(ROUTING_BY_BRIDGE);
    str_clear(&s->text[TEXT_BRIDGE]);
    str_printf(&s->text[TEXT_BRIDGE], "br-%s-%02u", p->brief, 1 + random_below(r, 4));
    a->cells[BOX_BRIDGE] = keep(s, TEXT_BRIDGE);
    if (random_below(r, 6) == 0)
        return;
    str_clear(&s->text[TEXT_ENDPOINT]);
    str_printf(&s->text[TEXT_ENDPOINT], "%s-%s", m->model, p->brief);
    a->cells[BOX_ENDPOINT] = keep(s, TEXT_ENDPOINT);
}

static void make_health(struct seed *s, struct random *r, struct account *a)
{
    static const struct {
        unsigned weight;
        const char *status, *reason;
    } states[] = {
        {76, STATUS_ACTIVE, NULL},
        {4, "degraded", "p95 latency 6.2 s over the last hour"},
        {3, "degraded", "2 of 5 probes failed"},
        {3, "down", "TLS handshake with the provider fails: certificate expired"},
        {6, STATUS_DISABLED, "Disabled by an operator"},
        {3, STATUS_UNKNOWN, NULL},
        {2, "throttled", "provider answers 429, Retry-After 60"},
        {1, "maintenance", "planned by the provider until Sunday 06:00 UTC"},
        {1, "quarantined", "key seen in a public repository"},
        {1, "warming_up", NULL},
    };
    unsigned dice = random_below(r, 100), i = 0;
    while (dice >= states[i].weight)
        dice -= states[i++].weight;
    bool off = states[i].status[0] == 'd' && states[i].status[1] == 'i';
    a->cells[BOX_STATUS] = a->home_status = cell_word(states[i].status);
    if (states[i].reason)
        a->cells[BOX_REASON] = a->home_reason = cell_word(states[i].reason);
    a->check_period = 15000 + 1000 * (int64_t)random_below(r, 45);
    a->check_phase = 1000 * (int64_t)random_below(r, 60);
    if (off) {
        a->cells[BOX_ENABLED] = cell_int(0);
        a->use_rate = -a->use_rate;
        a->check_period = -a->check_period;
        a->cells[BOX_CHECKED] = a->cells[BOX_UPDATED_AT];
    } else if (random_below(r, 40) == 0) { /* a check that has stopped: stale */
        a->check_period = 0;
        if (random_below(r, 3))
            a->cells[BOX_CHECKED] =
                cell_int(s->now - 60000 * (int64_t)(20 + random_below(r, 4000)));
    }
}

static void make_record(struct seed *s, struct random *r, struct account *a, int64_t i)
{
    int64_t step = CREATED_SPAN / (s->count > 0 ? s->count : 1);
    int64_t created = FIRST_CREATED + step * i + (int64_t)(random_unit(r) * (double)step);
    created -= created % 1000;
    int64_t updated = created + (int64_t)(random_unit(r) * (double)(LAST_UPDATE - created));
    a->cells[BOX_CREATED_BY] = cell_word(PICK(r, people));
    a->cells[BOX_CREATED_AT] = cell_int(created);
    a->cells[BOX_UPDATED_AT] = cell_int(updated - updated % 1000);
}

void seed_init(struct seed *s, uint64_t seed, const char *org, int64_t count, int64_t now_ms)
{
    *s = (struct seed){.seed = seed, .org = org, .count = count, .now = now_ms};
}

void seed_finish(struct seed *s)
{
    for (size_t i = 0; i < sizeof s->text / sizeof *s->text; i++)
        str_finish(&s->text[i]);
}

void seed_make(void *ctx, int64_t i, struct account *a)
{
    struct seed *s = ctx;
    uint64_t start = random_mix(s->seed ^ random_mix((uint64_t)i));
    for (const char *p = s->org; *p; p++) /* another org, other ids */
        start = random_mix(start ^ (unsigned char)*p);
    struct random r = {start};
    /* The first nine are of nine providers, so that the smallest list has them all. */
    size_t which = i < (int64_t)MAKERS ? (size_t)i : random_below(&r, MAKERS);
    const struct maker *m = &makers[which];
    const struct place *p = &m->places[random_below(&r, m->count)];
    const char *env = PICK(&r, envs);

    str_clear(&s->text[TEXT_ID]);
    str_printf(&s->text[TEXT_ID], "pa_%016llx", (unsigned long long)random_mix(start));
    make_name(s, &r, m, p, env);
    make_credentials(s, &r, box_providers[which]);
    a->cells[BOX_ID] = keep(s, TEXT_ID);
    a->cells[BOX_ORG] = cell_word(s->org);
    a->cells[BOX_NAME] = keep(s, TEXT_NAME);
    a->cells[BOX_PROVIDER] = cell_word(box_providers[which]);
    a->cells[BOX_CREDENTIALS] = keep(s, TEXT_CREDENTIALS);
    if (random_below(&r, 3) == 0)
        a->cells[BOX_DESCRIPTION] = cell_word(PICK(&r, notes));
    if (random_below(&r, 30))
        a->cells[BOX_REGION] = cell_word(p->region);
    if (p->residency && random_below(&r, 12))
        a->cells[BOX_RESIDENCY] = cell_word(p->residency);
    make_record(s, &r, a, i);
    make_quota(s, &r, a);
    make_rates(&r, a, i);
    make_routing(s, &r, a, m, p);
    make_health(s, &r, a);
    make_tags(s, &r, a, env);
}
