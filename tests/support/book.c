/* book.c: see book.h. */
#include "book.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static const char collection[] = "/provider-accounts";

/* ---- accounts ----------------------------------------------------------------------------- */

static void stamp(int64_t wall_ms, char out[40])
{
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&s, &tm);
    strftime(out, 40, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static bool keep(struct book *b, size_t i, const cJSON *account)
{
    return cJSON_PrintPreallocated((cJSON *)(uintptr_t)account, b->accounts[i].text, BOOK_TEXT, 0);
}

/* A place of its own, or that of one that is gone. */
static size_t add(struct book *b, cJSON *account, int64_t created_wall_ms)
{
    char when[40];
    size_t i = 0;
    while (i < b->count && b->accounts[i].there)
        i++;
    if (i == BOOK_ACCOUNTS)
        return i;
    snprintf(b->accounts[i].id, sizeof b->accounts[i].id, "pa_%llu",
             (unsigned long long)b->serial++);
    stamp(created_wall_ms, when);
    cJSON_AddStringToObject(account, "provider_account_id", b->accounts[i].id);
    cJSON_AddStringToObject(account, "created_at", when);
    if (!keep(b, i, account))
        return BOOK_ACCOUNTS;
    b->accounts[i].there = true;
    b->count += i == b->count;
    return i;
}

/* What the API shows of an account beyond what a test needs, in other words than its sample. */
#define WHOLE                                                                                      \
    "\"org_id\":\"org_demo\",\"description\":\"Batch of the \\\"night\\\" \\u00e4\","              \
    "\"region\":\"eu-west-1\",\"data_residency\":\"EU\",\"quota_policy\":{"                        \
    "\"max_tokens_per_month\":500000000,\"max_requests_per_month\":null,"                          \
    "\"current_month_tokens\":9007199254740993,\"current_month_requests\":1900000,"                \
    "\"usage_period\":\"2025-10\"},\"status\":\"active\",\"status_reason\":null,"                  \
    "\"routing_mode\":\"bridge\",\"bridge_id\":\"eu-chat\",\"bridge_endpoint_name\":\"ep-3\","     \
    "\"last_health_check\":\"2025-10-20T14:00:00Z\",\"created_by\":\"ops\","                       \
    "\"updated_at\":\"2025-10-19T10:00:00Z\","
#define WHOLE_RATE                                                                                 \
    "\"requests_per_minute\":4800,\"input_tokens_per_minute\":900000,"                             \
    "\"output_tokens_per_minute\":null,\"burst_size\":200,\"queue_policy\":\"wait\","              \
    "\"queue_timeout_seconds\":300,"

void book_begin(struct book *b, size_t count, int64_t created_wall_ms)
{
    memset(b, 0, sizeof *b);
    book_accounts(b, count, created_wall_ms);
}

void book_accounts(struct book *b, size_t count, int64_t created_wall_ms)
{
    b->count = b->serial = 0;
    for (size_t i = 0; i < count; i++) {
        char text[BOOK_TEXT];
        snprintf(text, sizeof text,
                 "{\"name\":\"acct-%zu\",\"provider_type\":\"openai\",\"enabled\":true,"
                 "\"credentials_ref\":\"vault/a\",\"tags\":{\"team\":\"x\"},%s"
                 "\"rate_limit_policy\":{\"requests_per_second\":80,%s\"max_concurrency\":10}}",
                 i, b->whole ? WHOLE : "", b->whole ? WHOLE_RATE : "");
        cJSON *account = cJSON_Parse(text);
        add(b, account, created_wall_ms);
        cJSON_Delete(account);
    }
}

struct book *book_shared(void)
{
    void *p =
        mmap(NULL, sizeof(struct book), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void book_shared_free(struct book *b)
{
    if (b)
        munmap(b, sizeof *b);
}

static size_t find(const struct book *b, const char *id)
{
    for (size_t i = 0; i < b->count; i++)
        if (strcmp(b->accounts[i].id, id) == 0)
            return b->accounts[i].there ? i : BOOK_ACCOUNTS;
    return BOOK_ACCOUNTS;
}

const char *book_account(const struct book *b, const char *id)
{
    size_t i = find(b, id);
    return i < BOOK_ACCOUNTS ? b->accounts[i].text : NULL;
}

int64_t book_rps(const struct book *b, const char *id)
{
    const char *text = book_account(b, id);
    cJSON *account = text ? cJSON_Parse(text) : NULL;
    const cJSON *rps = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(account, "rate_limit_policy"), "requests_per_second");
    int64_t n = cJSON_IsNumber(rps) ? (int64_t)rps->valuedouble : -1;
    cJSON_Delete(account);
    return n;
}

const char *book_named(const struct book *b, const char *name, size_t *count)
{
    const char *id = NULL;
    size_t n = 0;
    for (size_t i = 0; i < b->count; i++) {
        cJSON *account = b->accounts[i].there ? cJSON_Parse(b->accounts[i].text) : NULL;
        const char *has = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(account, "name"));
        if (has && strcmp(has, name) == 0) {
            id = b->accounts[i].id;
            n++;
        }
        cJSON_Delete(account);
    }
    if (count)
        *count = n;
    return id;
}

/* ---- requests ----------------------------------------------------------------------------- */

static uint64_t hash(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3;
    return (h ^ '\n') * 0x100000001b3;
}

/* Even; odd is the same write, done. */
static uint64_t hash_write(const char *method, const char *id, const char *body)
{
    uint64_t h = hash(hash(hash(0xcbf29ce484222325, method), id), body);
    return (h ? h : 2) & ~(uint64_t)1;
}

/* The place of a write in the memory, or the free one where it would be. */
static size_t recall(const struct book *b, uint64_t h)
{
    size_t at = h % BOOK_MEMORY;
    for (size_t n = 0; n < BOOK_MEMORY && b->seen[at] != 0 && (b->seen[at] & ~(uint64_t)1) != h;
         n++)
        at = (at + 1) % BOOK_MEMORY;
    return at;
}

static void remember(struct book *b, uint64_t h)
{
    size_t at = recall(b, h);
    b->writes++;
    if (b->seen[at])
        b->twice++;
    else
        b->seen[at] = h;
}

bool book_did(const struct book *b, const char *method, const char *id, const char *body)
{
    return b->seen[recall(b, hash_write(method, id, body))] & 1;
}

static void lay_over(cJSON *onto, const cJSON *members)
{
    for (const cJSON *m = members->child; m; m = m->next) {
        cJSON *old = cJSON_GetObjectItemCaseSensitive(onto, m->string);
        if (cJSON_IsObject(m) && cJSON_IsObject(old) && strcmp(m->string, "tags") != 0) {
            lay_over(old, m);
            continue;
        }
        cJSON_DeleteItemFromObjectCaseSensitive(onto, m->string);
        cJSON_AddItemToObject(onto, m->string, cJSON_Duplicate(m, 1));
    }
}

static int not_found(struct str *out)
{
    str_add(out, "{\"error\":\"RESOURCE_NOT_FOUND\",\"message\":\"no such account\","
                 "\"details\":{},\"status_code\":404}");
    return 404;
}

static int list(const struct book *b, struct str *out)
{
    size_t n = 0;
    str_add(out, "{\"next_cursor\":null,\"accounts\":[");
    for (size_t i = 0; i < b->count; i++)
        if (b->accounts[i].there)
            str_printf(out, "%s%s", n++ ? "," : "", b->accounts[i].text);
    str_printf(out, "],\"total\":%zu,\"has_more\":false}", n);
    return 200;
}

static int change(struct book *b, size_t i, const char *body, bool commit, struct str *out)
{
    cJSON *account = cJSON_Parse(b->accounts[i].text), *members = cJSON_Parse(body);
    int status = 422;
    if (account && cJSON_IsObject(members)) {
        lay_over(account, members);
        char *text = cJSON_PrintUnformatted(account);
        str_add(out, text);
        cJSON_free(text);
        if (commit && keep(b, i, account))
            b->committed++;
        status = 200;
    }
    cJSON_Delete(account);
    cJSON_Delete(members);
    return status;
}

static int create(struct book *b, const char *body, bool commit, int64_t now, struct str *out)
{
    cJSON *account = cJSON_Parse(body);
    int status = 422;
    if (cJSON_IsObject(account)) {
        size_t i = add(b, account, now);
        if (i < BOOK_ACCOUNTS) {
            str_add(out, b->accounts[i].text);
            status = 201;
            if (commit)
                b->committed++;
            else
                b->accounts[i].there = false;
        }
    }
    cJSON_Delete(account);
    return status;
}

static int read_one(const struct book *b, const char *id, struct str *out)
{
    const char *text = book_account(b, id);
    if (!text)
        return not_found(out);
    str_add(out, text);
    return 200;
}

static int write_one(struct book *b, const char *method, const char *id, const char *body,
                     bool commit, int64_t now, struct str *out)
{
    size_t i = find(b, id);
    if (!id[0])
        return create(b, body, commit, now, out);
    if (i == BOOK_ACCOUNTS)
        return not_found(out);
    if (strcmp(method, "PATCH") == 0)
        return change(b, i, body, commit, out);
    if (commit) {
        b->accounts[i].there = false;
        b->committed++;
    }
    return 204;
}

int book_answer(struct book *b, const char *method, const char *target, const char *body,
                bool commit, int64_t now_wall_ms, struct str *out)
{
    char id[64] = "";
    const char *path = strstr(target, collection);
    if (path && path[strlen(collection)] == '/')
        snprintf(id, sizeof id, "%.*s", (int)strcspn(path + strlen(collection) + 1, "?"),
                 path + strlen(collection) + 1);
    b->requests++;
    if (strcmp(method, "GET") == 0)
        return id[0] ? read_one(b, id, out) : list(b, out);
    uint64_t h = hash_write(method, id, body), done = b->committed;
    remember(b, h);
    int status = write_one(b, method, id, body, commit, now_wall_ms, out);
    if (b->committed > done)
        b->seen[recall(b, h)] |= 1;
    return status;
}
