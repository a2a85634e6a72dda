/* metrics_test.c: paddock metrics as a program: what is served is asked for with plain libcurl,
 * from accounts of a real sandbox; the API going away shows in the numbers; a signal ends it. */
#include "base/mem.h"
#include "tests/support/child_proc.h"
#include "tests/support/cli_rig.h"
#include "tests/support/files.h"
#include "tests/support/stretch.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
    struct cli_rig *cli;
    struct child_proc child;
    const char **env;
    struct str url;
};

static size_t take(char *bytes, size_t size, size_t n, void *out)
{
    str_append(out, bytes, size * n);
    return size * n;
}

/* The status of a GET; the body goes into *out (emptied before). header may be NULL. */
static long get(struct rig *r, const char *header, struct str *out)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *list = header ? curl_slist_append(NULL, header) : NULL;
    long status = 0;
    str_clear(out);
    curl_easy_setopt(curl, CURLOPT_URL, str_text(&r->url));
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    curl_slist_free_all(list);
    return status;
}

/* Not by strstr, which under the sanitizers measures all that is left of the page at each hit: of
 * megabytes that was most of a minute. */
static unsigned count_of(const struct str *page, const char *text)
{
    unsigned n = 0;
    size_t len = strlen(text);
    const char *at = str_text(page), *end = at + page->len;
    for (; (at = memchr(at, text[0], (size_t)(end - at))); at++)
        n += (size_t)(end - at) >= len && memcmp(at, text, len) == 0;
    return n;
}

/* Asks again until the page has the text. */
static void until(struct rig *r, const char *text, struct str *page)
{
    for (int i = 0; i < stretch_ms(600, 0); i++) {
        assert_int_equal(get(r, NULL, page), 200);
        if (strstr(str_text(page), text))
            return;
        usleep(50000);
    }
    fail_msg("\"%s\" never came:\n%s", text, str_text(page));
}

static void start(struct rig *r, const char *where)
{
    const char *argv[] = {str_text(&r->cli->program), "metrics", "--listen", "127.0.0.1:0",
                          where ? "--where" : NULL,   where,     NULL};
    /* Not half a minute between two readings. */
    assert_true(tmpdir_write(r->cli->dir, "home/config/paddock/paddock.cfg",
                             "sync: { refresh = \"1s\"; };\n", 0600));
    r->env = tmpdir_env_with(r->cli->dir, sandbox_env(r->cli->sandbox));
    assert_true(child_proc_start(&r->child, argv, r->env));
    assert_true(child_line(&r->child, &r->url, 0));
}

static void end(struct rig *r, struct str *page)
{
    child_signal(&r->child, SIGTERM);
    assert_true(child_wait(&r->child, stretch_ms(5000, 0)));
    assert_int_equal(child_exit_code(&r->child), 0);
    child_finish(&r->child);
    mem_free(r->env);
    str_finish(&r->url);
    str_finish(page);
}

static void test_both_formats_are_served(void **state)
{
    struct rig r = {.cli = *state};
    struct str page = STR_INIT;
    start(&r, NULL);
    until(&r, "\npaddock_sync_complete 1\n", &page);
    assert_int_equal(count_of(&page, "\npaddock_account_enabled{"), 31);
    assert_int_equal(count_of(&page, "# EOF"), 0);
    assert_int_equal(get(&r, "Accept: application/openmetrics-text; version=1.0.0", &page), 200);
    assert_int_equal(count_of(&page, "\npaddock_account_enabled{"), 31);
    assert_string_equal(str_text(&page) + page.len - 6, "# EOF\n");
    assert_null(strstr(str_text(&page), sandbox_token(r.cli->sandbox)));
    assert_int_equal(get(&r, "Host: elsewhere.example", &page), 400);
    end(&r, &page);
}

static void test_where_narrows(void **state)
{
    struct rig r = {.cli = *state};
    struct str page = STR_INIT;
    start(&r, "name=mine");
    until(&r, "\npaddock_sync_complete 1\n", &page);
    assert_int_equal(count_of(&page, "\npaddock_account_enabled{"), 1);
    assert_non_null(strstr(str_text(&page), "\npaddock_accounts 31\n"));
    end(&r, &page);
}

/* The last numbers stay; that they are the last is a number, too. */
static void test_the_api_goes_and_comes_back(void **state)
{
    struct rig r = {.cli = *state};
    struct str page = STR_INIT;
    start(&r, NULL);
    until(&r, "\npaddock_up 1\n", &page);
    until(&r, "\npaddock_sync_complete 1\n", &page);
    sandbox_stop(r.cli->sandbox);
    until(&r, "\npaddock_up 0\n", &page);
    assert_int_equal(count_of(&page, "\npaddock_account_enabled{"), 31);
    assert_true(sandbox_restart(r.cli->sandbox));
    until(&r, "\npaddock_up 1\n", &page);
    end(&r, &page);
}

static void test_a_file_is_written_once(void **state)
{
    struct cli_rig *p = *state;
    struct str path = STR_INIT, words = STR_INIT, text = STR_INIT;
    tmpdir_path(p->dir, "paddock.prom", &path);
    str_printf(&words, "metrics\t--textfile=%s", str_text(&path));
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 0, "", "31 accounts");
    assert_true(file_read(str_text(&path), &text));
    assert_int_equal(count_of(&text, "\npaddock_account_enabled{"), 31);
    /* A server that is not there leaves the file as it was. */
    sandbox_stop(p->sandbox);
    cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 8, "", "");
    str_clear(&text);
    assert_true(file_read(str_text(&path), &text));
    assert_int_equal(count_of(&text, "\npaddock_account_enabled{"), 31);
    assert_true(sandbox_restart(p->sandbox));
    str_finish(&path);
    str_finish(&words);
    str_finish(&text);
}

/* Ten thousand accounts unless more are asked for; how many are left out is told on the page. */
static void test_ten_thousand_by_default(void **state)
{
    struct cli_rig *p = *state;
    const struct sandbox_options many = {.accounts = 10003};
    struct str path = STR_INIT, words = STR_INIT, text = STR_INIT;
    sandbox_destroy(p->sandbox);
    p->sandbox = sandbox_create(&many);
    assert_non_null(p->sandbox);
    for (int more = 0; more < 2; more++) {
        str_clear(&words);
        str_clear(&text);
        str_printf(&words, "metrics\t--textfile=%s%s", tmpdir_path(p->dir, "paddock.prom", &path),
                   more ? "\t--max-accounts=20000" : "");
        cli_rig_expect(p, cli_rig_run(p, str_text(&words)), 0, "",
                       more ? ": 10,003 accounts\n" : ": 10,000 accounts, and 3 left out");
        assert_true(file_read(str_text(&path), &text));
        assert_int_equal(count_of(&text, "\npaddock_account_enabled{"), more ? 10003 : 10000);
        assert_int_equal(count_of(&text, "\npaddock_accounts 10003\n"), 1);
        assert_int_equal(count_of(&text, more ? "\npaddock_accounts_left_out 0\n"
                                              : "\npaddock_accounts_left_out 3\n"),
                         1);
    }
    str_finish(&path);
    str_finish(&words);
    str_finish(&text);
}

static void test_what_cannot_be_asked_for(void **state)
{
    struct cli_rig *p = *state;
    static const char *const bad[] = {"127.0.0.1", ":9477",           "localhost:9477",
                                      "::1:9477",  "127.0.0.1:99999", "127.0.0.1:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char words[80];
        snprintf(words, sizeof words, "metrics\t--listen=%s", bad[i]);
        cli_rig_expect(p, cli_rig_run(p, words), 64, "", "no address to listen on");
    }
    cli_rig_expect(p, cli_rig_run(p, "metrics\t--where=nme=x"), 64, "", "nme");
    cli_rig_expect(p, cli_rig_run(p, "metrics\t--listen=127.0.0.1:0\t--textfile=x"), 64, "",
                   "one of the two");
    /* Somebody else's port. */
    char words[80];
    snprintf(words, sizeof words, "metrics\t--listen=127.0.0.1:%d", sandbox_port(p->sandbox));
    cli_rig_expect(p, cli_rig_run(p, words), 1, "", "cannot listen on");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_both_formats_are_served, cli_rig_setup,
                                        cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_where_narrows, cli_rig_setup, cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_the_api_goes_and_comes_back, cli_rig_setup,
                                        cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_a_file_is_written_once, cli_rig_setup,
                                        cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_ten_thousand_by_default, cli_rig_setup,
                                        cli_rig_teardown),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_asked_for, cli_rig_setup,
                                        cli_rig_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
