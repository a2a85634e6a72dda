/* filter_test.c: the whole filter grammar: what matches, what is refused and where, what a
 * filter implies; computed columns; the order of accounts. It covers filter.c, filter_parse.c and
 * sort.c.
 */
#include "model/account.h"
#include "model/filter.h"
#include "model/health.h"
#include "model/sort.h"

#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1792504927000) /* 2026-10-20T14:02:07Z */

static const char *const ok[] = {"active", "healthy", NULL};
static const char *const degraded[] = {"degraded", NULL};
static const char *const down[] = {"down", "failed", NULL};
static const struct health_classes classes = {{ok, degraded, down}};

/* What the tests look at: columns with a health class, and one account. */
struct fixture {
    struct column_set *set;
    struct account a;
};

static void account_get(const void *owner, uint32_t row, enum field field, struct value *out)
{
    *out = ((const struct account *)owner)[row].v[field];
}

static void decode(struct account *a, const char *json)
{
    struct error err;
    account_init(a);
    if (account_decode(a, span_of(json), &err))
        fail_msg("%s", err.what);
}

static const char sample[] =
    "{\"provider_account_id\":\"pa_77\",\"org_id\":\"acme\",\"name\":\"az-gpt-eu-prod-01\","
    "\"description\":\"Suche für Zürich, \\u001b[31mlive\",\"provider_type\":\"azure_openai\","
    "\"region\":\"westeurope\",\"data_residency\":\"\",\"credentials_ref\":\"kv/none\","
    "\"quota_policy\":{\"max_tokens_per_month\":500000000,\"max_requests_per_month\":null,"
    "\"current_month_tokens\":412000000,\"current_month_requests\":99999999999999999999,"
    "\"usage_period\":\"2026-10\"},"
    "\"rate_limit_policy\":{\"requests_per_second\":80,\"requests_per_minute\":6000,"
    "\"input_tokens_per_minute\":0,\"burst_size\":\"many\",\"queue_policy\":\"wait\","
    "\"queue_timeout_seconds\":120},\"status\":\"active\",\"enabled\":true,"
    "\"bridge_id\":null,\"last_health_check\":\"2026-10-20T13:42:07Z\","
    "\"tags\":{\"team\":\"search\",\"env\":\"prod\",\"a b\":\"c=d\",\"none\":\"x\"},"
    "\"created_at\":\"2026-01-15T00:00:00Z\",\"updated_at\":\"yesterday\"}";

static void open_fixture(struct fixture *x)
{
    struct column health;
    x->set = column_set_create();
    health_column(&classes, &health);
    column_set_add(x->set, &health);
    decode(&x->a, sample);
}

static void close_fixture(struct fixture *x)
{
    account_finish(&x->a);
    column_set_destroy(x->set);
}

static bool matches(const struct fixture *x, const char *text)
{
    struct filter *f;
    struct error err;
    size_t at;
    struct row_source row = {account_get, &x->a, 0};
    if (filter_parse(x->set, span_of(text), NOW, &f, &at, &err))
        fail_msg("%s: %s at %zu", text, err.what, at);
    bool hit = filter_match(f, &row);
    filter_destroy(f);
    return hit;
}

static void expect(const struct fixture *x, const char *const *texts, bool want)
{
    for (; *texts; texts++) {
        struct str no = STR_INIT;
        if (matches(x, *texts) != want)
            fail_msg("%s: %s", *texts, want ? "no match" : "match");
        /* Whatever it says, its negation says the opposite. */
        if (**texts && !strpbrk(*texts, " ")) {
            str_printf(&no, "!%s", *texts);
            if (matches(x, str_text(&no)) == want)
                fail_msg("%s: as without !", str_text(&no));
            str_clear(&no);
            str_printf(&no, "not %s", *texts);
            if (matches(x, str_text(&no)) == want)
                fail_msg("%s: as without not", str_text(&no));
        }
        str_finish(&no);
    }
}

static void test_matches(void **state)
{
    static const char *const texts[] = {
        "",
        "   ",
        "gpt",
        "GPT prod",
        "gpt and prod",
        "gpt && prod",
        "gpt AND not sandbox",
        "pa_77",
        "azure",
        "westeur",
        "active",
        "search",
        "\"team=search\"",
        "zurich",
        "ZÜRICH",
        "fur",
        "\"gpt-eu\"",
        "\"für Zürich\"",
        "/prod-[0-9]+$/",
        "/^AZ-/",
        "/a\\/b|gpt/",
        "/\\^\\[\\[31m/", /* on the safe text */
        "~azprd",
        "~AZ01",
        "name:PROD",
        "name=az-gpt-eu-prod-01",
        "name!=az",
        "name:/^az.*01$/",
        "name:x,y,gpt",
        "name=x,az-gpt-eu-prod-01",
        "name:\"eu-prod\"",
        "desc:\"für zürich\"",
        "id=pa_77",
        "provider_type=azure_openai",
        "provider:azure",
        "type=azure_openai",
        "tokens>400M",
        "tokens>=412M",
        "tokens<=412M",
        "tokens<412_000_001",
        "tokens=412M",
        "tokens:412M",
        "tokens=412,000,000",
        "tokens!=1,2",
        "quota=500M",
        "max_tokens_per_month=500M",
        "quota_policy.max_tokens_per_month=500M",
        "tokens.pct=82",
        "tokens.pct>80%",
        "tokens>80%",
        "used.tokens:82%",
        "tokens!=81%",
        "tokens.pct:82%",
        "requests.pct:none",
        "rps=80",
        "rpm:6,000",
        "rpm=5,6000",
        "rpm:/^60+$/",
        "input:0",
        "input!=none",
        "output:none",
        "output=none",
        "output:NONE",
        "output!=5",
        "rpm:none,6000",
        "requests>5",
        "burst:/many/",
        "burst!=5",
        "timeout=2m",
        "timeout=120",
        "timeout>1m",
        "timeout<=120s",
        "queue=wait",
        "enabled:yes",
        "enabled=true",
        "enabled!=no",
        "enabled:/true/",
        "checked>10m",
        "checked<1h",
        "checked>=20m",
        "checked<=1200",
        "checked>2026-10-20",
        "checked<2026-10-20T13:42:08Z",
        "checked:2026-10-20T13",
        "created<2026-01-16",
        "created>2025-12-31",
        "created>200d",
        "updated=yesterday",
        "updated:YESTER",
        "bridge:none",
        "residency:none",
        "residency=\"\"",
        "region!=none",
        "region:none,west",
        "credentials:\"none\"",
        "tag:team",
        "tag:team=search",
        "tag:env!=dev",
        "tag:env=dev,prod",
        "tag:env!=dev,test",
        "tag:team=\"a,b\",search",
        "tag:\"a b\"",
        "tag:\"a b\"=c=d",
        "tag:\"none\"",
        "tags:SEARCH",
        "tags:env=pr",
        "tags=env=prod",
        "tags:/^env=p/",
        "tags!=env=dev",
        "tags!=none",
        "status:act",
        "status!=down",
        "health:ok",
        "health=ok",
        "health:down,ok",
        "health!=down",
        "rate!=none",
        "!!gpt",
        "not not gpt",
        "not !gpt",
        NULL,
    };
    struct fixture x;
    (void)state;
    open_fixture(&x);
    expect(&x, texts, true);
    close_fixture(&x);
}

static void test_does_not_match(void **state)
{
    static const char *const texts[] = {
        "sandbox",
        "gpt sandbox",
        "\"gpt eu\"",
        "acme", /* the organisation is not searched */
        "kv/",  /* nor is what is secret */
        "/^gpt/",
        "~zzz",
        "~10-dorp",
        "name=AZ-GPT-EU-PROD-01",
        "name=gpt",
        "name:x,y",
        "name!=az-gpt-eu-prod-01",
        "tokens>412M",
        "tokens<412M",
        "tokens!=412M",
        "tokens:none",
        "tokens.pct>82",
        "tokens>82%",
        "requests.pct>0",
        "rpm!=5,6000",
        "input:none",
        "output<5",
        "output>0",
        "output=0",
        "requests=9223372036854775807",
        "burst>0",
        "burst<0",
        "burst:none",
        "enabled:no",
        "checked>20m",
        "checked<20m",
        "checked<2026-10-20",
        "updated>1s",
        "updated<1d",
        "updated>2026-01-01",
        "region:none",
        "credentials:none",
        "tag:nobody",
        "tag:tea",
        "tag:Team",
        "tag:team=sea",
        "tag:team!=search",
        "tag:none",
        "tags:none",
        "tags=env",
        "status=act",
        "status=Active",
        "health:down",
        "health:degraded,other",
        "health!=ok",
        "rate:none",
        NULL,
    };
    struct fixture x;
    (void)state;
    open_fixture(&x);
    expect(&x, texts, false);
    close_fixture(&x);
}

/* Words that look like nothing of the grammar are searched as they stand. */
static void test_plain_words(void **state)
{
    static const char *const texts[] = {
        "12:30", "<5",   "=x",      "5>4",    "(a)",     "#1",         "or",        "a/b",
        "-x",    "ANDY", "nothing", "\"!x\"", "\"not\"", "\"a\\\"b\"", "\"c\\\\\"", "c\\"};
    struct fixture x;
    (void)state;
    open_fixture(&x);
    account_finish(&x.a);
    decode(&x.a, "{}");
    const struct value name =
        value_text(span_of("12:30 <5 =x 5>4 (a) #1 or a/b -x andy nothing !x not a\"b c\\ and"));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_false(matches(&x, texts[i]));
        struct value kept = x.a.v[FIELD_NAME];
        x.a.v[FIELD_NAME] = name;
        if (!matches(&x, texts[i]))
            fail_msg("%s", texts[i]);
        x.a.v[FIELD_NAME] = kept;
    }
    close_fixture(&x);
}

/* What has no value: only none matches it, and what is asked not to be. */
static void test_nothing_there(void **state)
{
    static const char *const hits[] = {
        "name:none",       "tags:none", "checked:none", "enabled:none", "rate:none", "health:other",
        "tokens.pct:none", "name!=x",   "rps!=5",       "tag:env!=x",   "!x",        NULL};
    static const char *const misses[] = {
        "name:\"\"", "name:/./", "rps<5",     "rps>=0", "checked<1d", "enabled:no", "enabled:yes",
        "tag:env",   "x",        "health:ok", "/./",    "~a",         NULL};
    struct fixture x;
    (void)state;
    open_fixture(&x);
    account_finish(&x.a);
    decode(&x.a, "{}");
    expect(&x, hits, true);
    expect(&x, misses, false);
    account_finish(&x.a);
    decode(&x.a, "{\"status\":5,\"rate_limit_policy\":null,\"tags\":{},\"name\":[1]}");
    assert_true(matches(&x, "health:other rate:none tags:none status:5 name:/1/ !name:none"));
    close_fixture(&x);
}

static void test_errors_say_where(void **state)
{
    static const struct {
        const char *text;
        size_t at;
        const char *what; /* a part of it */
    } bad[] = {
        {"nowhere:x", 0, "quotes"},
        {"gpt nowhere:x", 4, "nowhere"},
        {"https://example.net", 0, "quotes"},
        {"gpt-4:x", 0, "gpt-4"},
        {"Name:x", 0, "Name"},
        {"!nope=1", 1, "nope"},
        {"\"open", 0, "not closed"},
        {"a \"", 2, "not closed"},
        {"name:\"open", 5, "not closed"},
        {"a /x", 2, "not closed"},
        {"a /[/", 2, "pattern"},
        {"name:/(/", 5, "pattern"},
        {"//", 0, "empty"},
        {"/(a)\\1/", 0, "back-references"},
        {"/((a{99}){99}){99}/", 0, "repeats"},
        {"/a{5000}/", 0, "repeats"},
        {"/a{99999999999999999999}/", 0, "repeats"},
        {"tokens>lots", 7, ""},
        {"tokens>", 7, "missing"},
        {"tokens>400X", 7, ""},
        {"tokens=1,x", 9, ""},
        {"tokens>none", 7, ""},
        {"quota.tokens>80%", 13, "its percent is tokens.pct"},
        {"rate.rps>80%", 9, "not a number"},
        {"status=down or status=active", 12, "field:a,b takes either"},
        {"status=down | status=active", 12, "field:a,b takes either"},
        {"status=down || status=active", 12, "field:a,b takes either"},
        {"status=down |", 12, "field:a,b takes either"},
        {"a -status=down", 2, "write ! or not"},
        {"timeout=fast", 8, ""},
        {"enabled=maybe", 8, ""},
        {"enabled>no", 0, "order"},
        {"name>x", 0, "order"},
        {"tags<x", 0, "order"},
        {"health>ok", 0, "order"},
        {"health:fine", 7, "ok, degraded, down, other"},
        {"health:ok,fine", 10, "one of"},
        {"checked>soon", 8, "age"},
        {"rate:5", 5, "parts"},
        {"name:", 5, "missing"},
        {"name=", 5, "missing"},
        {"name:a,", 7, "missing"},
        {"name:,a", 5, "missing"},
        {"name: a", 5, "missing"},
        {"tag:", 4, "missing"},
        {"tag:=x", 4, "missing"},
        {"tag:k=", 6, "missing"},
        {"~", 1, "missing"},
        {"!", 0, "needs a term"},
        {"a !", 2, "needs a term"},
        {"not", 0, "needs a term"},
        {"a not ", 2, "needs a term"},
        {"a and", 2, "needs a term"},
        {"a and ", 2, "needs a term"},
        {"\"a\"b", 3, "space"},
        {"/a/b", 3, "space"},
        {"name:\"a\"b", 8, "space"},
        {"tag:\"a\"b", 7, "space"},
    };
    struct fixture x;
    (void)state;
    open_fixture(&x);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct filter *f = NULL;
        struct error err;
        size_t at = 999;
        if (filter_parse(x.set, span_of(bad[i].text), NOW, &f, &at, &err) != ST_USAGE)
            fail_msg("taken: %s", bad[i].text);
        assert_null(f);
        if (at != bad[i].at || !strstr(err.what, bad[i].what))
            fail_msg("%s: at %zu: %s", bad[i].text, at, err.what);
    }
    close_fixture(&x);
}

static void test_a_near_name_is_offered(void **state)
{
    struct fixture x;
    struct filter *f;
    struct error err;
    (void)state;
    open_fixture(&x);
    assert_int_equal(filter_parse(x.set, span_of("regoin:eu"), NOW, &f, NULL, &err), ST_USAGE);
    assert_non_null(strstr(err.next, "region"));
    assert_int_equal(filter_parse(x.set, span_of("tokns>4M"), NOW, &f, NULL, &err), ST_USAGE);
    assert_string_equal(err.next, "did you mean tokens?"); /* an alias */
    close_fixture(&x);
}

static void test_pattern_is_bounded(void **state)
{
    struct fixture x;
    struct str s = STR_INIT;
    struct filter *f = NULL;
    (void)state;
    open_fixture(&x);
    str_add(&s, "/");
    str_fill(&s, 'a', 200);
    str_add(&s, "/");
    assert_int_equal(filter_parse(x.set, span_from(&s), NOW, &f, NULL, NULL), ST_OK);
    filter_destroy(f);
    str_splice(&s, 1, 0, "a", 1);
    assert_int_equal(filter_parse(x.set, span_from(&s), NOW, &f, NULL, NULL), ST_USAGE);
    str_finish(&s);
    close_fixture(&x);
}

/* Every prefix of an expression is either read or refused within its bytes. */
static void test_every_prefix(void **state)
{
    static const char text[] = "not a and \"b c\" !/d{2}\\//,~f tokens>=4M tag:\"k\"=v name:a,\"b\""
                               " checked<2026-01-02 health!=ok \xC3\xBC:x\0y";
    struct fixture x;
    (void)state;
    open_fixture(&x);
    for (size_t len = 0; len < sizeof text; len++) {
        struct filter *f = NULL;
        size_t at = 0;
        char *copy = mem_dup(text, len);
        filter_parse(x.set, (struct span){copy, len}, NOW, &f, &at, NULL);
        assert_true(at <= len);
        filter_destroy(f);
        mem_free(copy);
    }
    close_fixture(&x);
}

static void test_what_a_filter_implies(void **state)
{
    static const struct {
        const char *text;
        bool exact, ages;
        const char *provider, *status;
        bool enabled;
    } rows[] = {
        {"", true, false, NULL, NULL, false},
        {"gpt", false, false, NULL, NULL, false},
        {"\"gpt\"", false, false, NULL, NULL, false},
        {"~gpt", false, false, NULL, NULL, false},
        {"/gpt/", false, false, NULL, NULL, false},
        {"name:gpt", false, false, NULL, NULL, false},
        {"name:/gpt/", false, false, NULL, NULL, false},
        {"tags:x", false, false, NULL, NULL, false},
        {"checked:2026", false, false, NULL, NULL, false},
        {"name=gpt region:none tag:a tag:b=c rps:5 enabled:no health:ok", true, false, NULL, NULL,
         false},
        {"tokens>5 checked>10m", true, true, NULL, NULL, false},
        {"created<2026-01-01", true, false, NULL, NULL, false},
        {"provider=openai status=active enabled=yes", true, false, "openai", "active", true},
        {"gpt provider=openai enabled:yes", false, false, "openai", NULL, true},
        {"provider:openai status:active", false, false, NULL, NULL, false},
        {"provider=a,b status=none,active", true, false, NULL, NULL, false},
        {"provider!=a !status=b not enabled=yes", true, false, NULL, NULL, false},
        {"enabled=no", true, false, NULL, NULL, false},
        {"enabled!=no", true, false, NULL, NULL, false},
        {"health=down", true, false, NULL, NULL, false},
    };
    struct fixture x;
    (void)state;
    open_fixture(&x);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct filter *f;
        struct filter_query q;
        assert_int_equal(filter_parse(x.set, span_of(rows[i].text), NOW, &f, NULL, NULL), ST_OK);
        filter_query_terms(f, &q);
        bool same = filter_exact(f) == rows[i].exact && filter_ages(f) == rows[i].ages &&
                    q.enabled_only == rows[i].enabled &&
                    span_eq(span_of(q.provider_type), span_of(rows[i].provider)) &&
                    span_eq(span_of(q.status), span_of(rows[i].status));
        if (!same)
            fail_msg("%s", rows[i].text);
        filter_destroy(f);
    }
    close_fixture(&x);
}

static void test_ages_grow(void **state)
{
    struct fixture x;
    struct filter *f;
    (void)state;
    open_fixture(&x);
    struct row_source row = {account_get, &x.a, 0};
    assert_int_equal(filter_parse(x.set, span_of("checked>30m"), NOW, &f, NULL, NULL), ST_OK);
    assert_false(filter_match(f, &row));
    filter_set_now(f, NOW + 11 * 60 * 1000);
    assert_true(filter_match(f, &row));
    filter_destroy(f);
    close_fixture(&x);
}

/* ---- columns ---- */

static void test_names_of_columns(void **state)
{
    struct fixture x;
    (void)state;
    open_fixture(&x);
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *info = field_info((enum field)i);
        assert_int_equal(column_find(x.set, span_of(info->path))->field, i);
        if (info->type != FT_GROUP)
            assert_int_equal(column_find(x.set, span_of(info->key))->field, i);
    }
    assert_int_equal(column_find(x.set, span_of("quota"))->field, FIELD_QUOTA_TOKENS);
    assert_int_equal(column_find(x.set, span_of("burst_size"))->field, FIELD_BURST);
    assert_null(column_find(x.set, span_of("")));
    assert_null(column_find(x.set, span_of("quota_policy.")));
    close_fixture(&x);
}

/* A column stays where it is while others are added: filters and sorts hold on to it. */
static void test_columns_stay(void **state)
{
    struct fixture x;
    (void)state;
    open_fixture(&x);
    const struct column *name = column_find(x.set, span_of("name"));
    for (int i = 0; i < 200; i++) {
        struct column health;
        health_column(&classes, &health);
        column_set_add(x.set, &health);
    }
    assert_ptr_equal(column_find(x.set, span_of("name")), name);
    assert_int_equal(name->field, FIELD_NAME);
    close_fixture(&x);
}

static void test_percent(void **state)
{
    static const struct {
        const char *limit, *used;
        enum presence presence;
        int64_t i;
    } rows[] = {
        {"100", "0", PRESENCE_VALUE, 0},
        {"100", "82", PRESENCE_VALUE, 82},
        {"3", "2", PRESENCE_VALUE, 66},
        {"1000", "999", PRESENCE_VALUE, 99},
        {"1000", "1000", PRESENCE_VALUE, 100},
        {"100", "250", PRESENCE_VALUE, 250},
        {"9007199254740993", "9007199254740992", PRESENCE_VALUE, 99},
        {"9223372036854775807", "9223372036854775806", PRESENCE_VALUE, 99},
        {"1", "9223372036854775807", PRESENCE_VALUE, INT64_MAX},
        {"0", "0", PRESENCE_VALUE, 100},
        {"0", "5", PRESENCE_VALUE, 100},
        {"null", "5", PRESENCE_NULL, 0},
        {"5", "null", PRESENCE_NULL, 0},
        {"\"x\"", "5", PRESENCE_NULL, 0},
    };
    struct column_set *set = column_set_create();
    const struct column *pct = column_find(set, span_of("requests.pct"));
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str json = STR_INIT;
        struct account a;
        struct value v;
        str_printf(
            &json,
            "{\"quota_policy\":{\"max_requests_per_month\":%s,\"current_month_requests\":%s}}",
            rows[i].limit, rows[i].used);
        decode(&a, str_text(&json));
        struct row_source row = {account_get, &a, 0};
        column_get(pct, &row, &v);
        if (v.presence != rows[i].presence || (value_known(&v) && v.i != rows[i].i))
            fail_msg("%s of %s: %lld", rows[i].used, rows[i].limit, (long long)v.i);
        account_finish(&a);
        str_finish(&json);
    }
    column_set_destroy(set);
}

/* ---- order ---- */

static void test_order(void **state)
{
    static const char *const json[] = {
        "{\"provider_account_id\":\"1\",\"name\":\"b\",\"quota_policy\":{\"max_tokens_per_month\":"
        "5}}",
        "{\"provider_account_id\":\"2\",\"name\":\"A\",\"quota_policy\":{\"max_tokens_per_month\":"
        "9}}",
        "{\"provider_account_id\":\"3\",\"name\":\"a\",\"quota_policy\":{\"max_tokens_per_month\":"
        "null}}",
        "{\"provider_account_id\":\"4\",\"name\":null,\"quota_policy\":{\"max_tokens_per_month\":5}"
        "}",
        "{\"provider_account_id\":\"5\",\"name\":\"\xC3\xA4\"}",
        "{\"provider_account_id\":\"6\",\"name\":5,\"quota_policy\":{\"max_tokens_per_month\":"
        "\"x\"}}",
        "{\"provider_account_id\":\"0\",\"name\":\"b\",\"quota_policy\":{\"max_tokens_per_month\":"
        "5}}",
    };
    static const struct {
        const char *columns[3];
        const char *order;
    } rows[] = {
        {{"name"}, "2350146"},          /* A a ä b, b by id, none, bad */
        {{"-name"}, "0153246"},         /* the same backwards, none and bad still last */
        {{"quota.tokens"}, "0142356"},  /* 5 5 5 9 none absent bad */
        {{"-quota.tokens"}, "2014356"}, /* 9 5 5 5 */
        {{"quota.tokens", "-name", "id"}, "0142356"},
        {{"id"}, "0123456"},
    };
    struct account a[ARRAY_LEN(json)];
    struct column_set *set = column_set_create();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(json); i++)
        decode(&a[i], json[i]);
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        struct sort sort = {.count = 0};
        for (size_t k = 0; k < 3 && rows[r].columns[k]; k++) {
            const char *name = rows[r].columns[k];
            sort.keys[sort.count].descending = *name == '-';
            sort.keys[sort.count++].column = column_find(set, span_of(name + (*name == '-')));
        }
        char got[ARRAY_LEN(json) + 1] = "";
        for (size_t i = 0; i < ARRAY_LEN(json); i++) {
            struct row_source x = {account_get, a, (uint32_t)i};
            size_t before = 0;
            for (size_t j = 0; j < ARRAY_LEN(json); j++) {
                struct row_source y = {account_get, a, (uint32_t)j};
                int c = sort_compare(&sort, set, &x, &y);
                assert_true((c > 0) == (sort_compare(&sort, set, &y, &x) < 0));
                assert_true((c == 0) == (i == j));
                before += c > 0;
            }
            got[before] = *a[i].v[FIELD_ID].text.p;
        }
        if (strcmp(got, rows[r].order) != 0)
            fail_msg("%s: %s, not %s", rows[r].columns[0], got, rows[r].order);
    }
    for (size_t i = 0; i < ARRAY_LEN(json); i++)
        account_finish(&a[i]);
    column_set_destroy(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_does_not_match),
        cmocka_unit_test(test_plain_words),
        cmocka_unit_test(test_nothing_there),
        cmocka_unit_test(test_errors_say_where),
        cmocka_unit_test(test_a_near_name_is_offered),
        cmocka_unit_test(test_pattern_is_bounded),
        cmocka_unit_test(test_every_prefix),
        cmocka_unit_test(test_what_a_filter_implies),
        cmocka_unit_test(test_ages_grow),
        cmocka_unit_test(test_names_of_columns),
        cmocka_unit_test(test_columns_stay),
        cmocka_unit_test(test_percent),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
