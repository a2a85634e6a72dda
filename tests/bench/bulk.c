/* bulk.c: a plan of 1,000 accounts at 4 in parallel, and the same exchanges sent blindly.
 *
 * Both talk to a sandbox of their own kind: 1,000 accounts, 20 ms before every answer. Blind is
 * libcurl with 4 connections that stay open, each sending GET, PATCH, GET of one account after the
 * other and reading nothing of the answers. `paddock apply` does the same with a journal, a check
 * before, a comparison after, and a fresh connection for each write; its start and the saving of
 * plan and inverse are in its time. */
#include "bench.h"

#include "tests/support/child_proc.h"
#include "tests/support/files.h"
#include "tests/support/sandbox_proc.h"
#include "tests/support/tmpdir.h"

#include "base/mem.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 1000, WIDE = 4, LATENCY_MS = 20, PAGE = 100, URL_ROOM = 300 };

/* ---- blindly ------------------------------------------------------------------------------ */

static size_t swallow(char *bytes, size_t size, size_t count, void *ctx)
{
    struct str *out = ctx;
    if (out)
        str_append(out, bytes, size * count);
    return size * count;
}

struct blind {
    const struct sandbox_proc *box;
    struct curl_slist *headers;
    char (*urls)[URL_ROOM]; /* of the accounts */
    int next;               /* account whose turn it is */
    int failed;
};

struct lane {
    CURL *easy;
    int account, step;
};

static void headers_make(struct blind *b)
{
    char line[200];
    snprintf(line, sizeof line, "Authorization: Bearer %s", sandbox_token(b->box));
    b->headers = curl_slist_append(NULL, line);
    b->headers = curl_slist_append(b->headers, "Content-Type: application/json");
}

/* The addresses of all accounts, a page at a time. */
static bool addresses(struct blind *b)
{
    char url[600], cursor[200] = "";
    int n = 0;
    CURL *easy = curl_easy_init();
    for (int page = 0; page < ACCOUNTS / PAGE + 1 && n < ACCOUNTS; page++) {
        struct str body = STR_INIT;
        snprintf(url, sizeof url, "%s/v1/orgs/%s/provider-accounts?limit=%d%s%s",
                 sandbox_url(b->box), sandbox_org(b->box), PAGE, *cursor ? "&cursor=" : "", cursor);
        curl_easy_setopt(easy, CURLOPT_URL, url);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, b->headers);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
        curl_easy_perform(easy);
        cJSON *json = cJSON_Parse(str_text(&body)), *one;
        cJSON_ArrayForEach(one, cJSON_GetObjectItem(json, "accounts"))
        {
            const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(one, "provider_account_id"));
            if (id && n < ACCOUNTS)
                snprintf(b->urls[n++], URL_ROOM, "%s/v1/orgs/%s/provider-accounts/%s",
                         sandbox_url(b->box), sandbox_org(b->box), id);
        }
        const char *next = cJSON_GetStringValue(cJSON_GetObjectItem(json, "next_cursor"));
        snprintf(cursor, sizeof cursor, "%s", next ? next : "");
        cJSON_Delete(json);
        str_finish(&body);
    }
    curl_easy_cleanup(easy);
    return n == ACCOUNTS;
}

static void lane_set(struct blind *b, struct lane *l)
{
    curl_easy_setopt(l->easy, CURLOPT_URL, b->urls[l->account]);
    curl_easy_setopt(l->easy, CURLOPT_HTTPHEADER, b->headers);
    curl_easy_setopt(l->easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(l->easy, CURLOPT_WRITEDATA, NULL);
    curl_easy_setopt(l->easy, CURLOPT_PRIVATE, l);
    if (l->step == 1) {
        curl_easy_setopt(l->easy, CURLOPT_POSTFIELDS, "{\"description\":\"blind\"}");
        curl_easy_setopt(l->easy, CURLOPT_CUSTOMREQUEST, "PATCH");
    } else {
        curl_easy_setopt(l->easy, CURLOPT_CUSTOMREQUEST, NULL);
        curl_easy_setopt(l->easy, CURLOPT_HTTPGET, 1L);
    }
}

/* The lane's next exchange; false when there is none. */
static bool lane_next(struct blind *b, struct lane *l)
{
    if (++l->step == 3) {
        if (b->next == ACCOUNTS)
            return false;
        l->account = b->next++;
        l->step = 0;
    }
    lane_set(b, l);
    return true;
}

static void exchanges(struct blind *b)
{
    struct lane lanes[WIDE];
    CURLM *multi = curl_multi_init();
    int running = WIDE, left;
    for (int i = 0; i < WIDE; i++) {
        lanes[i] = (struct lane){curl_easy_init(), b->next++, 0};
        lane_set(b, &lanes[i]);
        curl_multi_add_handle(multi, lanes[i].easy);
    }
    while (running) {
        curl_multi_perform(multi, &left);
        for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)) != NULL;) {
            struct lane *l = NULL;
            long status = 0;
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&l);
            curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            b->failed += m->data.result != CURLE_OK || status != 200;
            curl_multi_remove_handle(multi, l->easy);
            if (lane_next(b, l))
                curl_multi_add_handle(multi, l->easy);
            else
                running--;
        }
        curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    for (int i = 0; i < WIDE; i++)
        curl_easy_cleanup(lanes[i].easy);
    curl_multi_cleanup(multi);
}

/* Seconds; 0: it did not come out. */
static double blindly(const struct sandbox_proc *box)
{
    struct blind b = {.box = box};
    double seconds = 0;
    b.urls = mem_calloc(ACCOUNTS, sizeof *b.urls);
    headers_make(&b);
    if (addresses(&b)) {
        int64_t from = bench_ns();
        exchanges(&b);
        seconds = b.failed ? 0 : (double)(bench_ns() - from) / 1e9;
    }
    curl_slist_free_all(b.headers);
    mem_free(b.urls);
    return seconds;
}

/* ---- a plan ------------------------------------------------------------------------------- */

static bool run(const struct sandbox_proc *box, const struct tmpdir *home, const char *const *words)
{
    struct str program = STR_INIT;
    struct child_proc child = {0};
    const char *argv[12];
    size_t n = 0;
    build_dir(&program);
    str_add(&program, "/paddock");
    argv[n++] = program.data;
    for (; *words && n < 11; words++)
        argv[n++] = *words;
    argv[n] = NULL;
    const char **env = tmpdir_env_with(home, sandbox_env(box));
    struct str line = STR_INIT;
    bool good = child_proc_start(&child, argv, env);
    while (good && child_line(&child, &line, 600000))
        str_clear(&line);
    good = good && child_wait(&child, 600000);
    int code = child_exit_code(&child);
    child_finish(&child);
    mem_free(env);
    str_finish(&line);
    str_finish(&program);
    return good && (code == 0 || code == 2); /* 2: a plan with changes */
}

static double planned(const struct sandbox_proc *box)
{
    struct tmpdir *home = tmpdir_create();
    struct str file = STR_INIT;
    tmpdir_path(home, "bench.plan", &file);
    const char *const make[] = {"plan",  "--where", "id!=nobody", "description=planned",
                                "--out", file.data, NULL};
    const char *const apply[] = {"apply",          file.data, "--parallel", "4",
                                 "--confirm=1000", "-q",      NULL};
    double seconds = 0;
    if (run(box, home, make)) {
        int64_t from = bench_ns();
        if (run(box, home, apply))
            seconds = (double)(bench_ns() - from) / 1e9;
    }
    str_finish(&file);
    tmpdir_destroy(home);
    return seconds;
}

void bench_bulk(struct bench *b)
{
    static const char *const still[] = {"--time-scale", "0", NULL};
    const struct sandbox_options o = {
        .accounts = ACCOUNTS, .latency_ms = LATENCY_MS, .extra = still};
    struct sandbox_proc *box = sandbox_create(&o);
    if (!box) {
        bench_skip(b, FIGURE_bulk_ratio, "there is no sandbox");
        return;
    }
    double blind = blindly(box), plan = planned(box);
    if (blind > 0 && plan > 0)
        bench_set(b, FIGURE_bulk_ratio, plan / blind, "%.2f s against %.2f s", plan, blind);
    else
        bench_skip(b, FIGURE_bulk_ratio, blind > 0 ? "the plan failed" : "the exchanges failed");
    sandbox_destroy(box);
}
