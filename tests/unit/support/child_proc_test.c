/* child_proc_test.c: helper programs, the sandbox as one of them, and servers with certificates. */
#include "../../support/child_proc.h"

#include "../../support/files.h"
#include "../../support/sandbox_proc.h"
#include "../../support/tls_server.h"
#include "base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

static void test_lines(void **state)
{
    (void)state;
    const char *argv[] = {"sh", "-c", "echo one; printf 'two\\nthree'; exit 3", NULL};
    const char *wants[] = {"one", "two", "three"};
    struct child_proc c;
    struct str line = STR_INIT;
    assert_true(child_proc_start(&c, argv, NULL));
    for (int i = 0; i < 3; i++) {
        str_clear(&line);
        assert_true(child_line(&c, &line, 0));
        assert_string_equal(str_text(&line), wants[i]);
    }
    assert_false(child_line(&c, &line, 0));
    assert_true(child_wait(&c, 0));
    assert_int_equal(child_exit_code(&c), 3);
    child_finish(&c);
    str_finish(&line);
}

static void test_end_by_force(void **state)
{
    (void)state;
    const char *argv[] = {"sh", "-c", "trap 'exit 9' TERM; echo up; while :; do sleep 0.02; done",
                          NULL};
    struct child_proc c;
    struct str line = STR_INIT;
    assert_true(child_proc_start(&c, argv, NULL));
    assert_true(child_line(&c, &line, 0));
    assert_false(child_line(&c, &line, 30)); /* a wait that ends by itself */
    assert_int_equal(child_exit_code(&c), -1000);
    child_finish(&c);
    assert_int_equal(child_exit_code(&c), 9);
    str_finish(&line);

    assert_true(child_proc_start(&c, argv, NULL));
    child_signal(&c, SIGKILL);
    assert_true(child_wait(&c, 0));
    assert_int_equal(child_exit_code(&c), -SIGKILL);
    child_finish(&c);
}

static void test_run(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    const char *argv[] = {"sh", "-c", "echo a; echo b; exit 2", NULL};
    const char *none[] = {"/nonexistent/program", NULL};
    assert_int_equal(child_run(argv, &out), 2);
    assert_string_equal(str_text(&out), "a\nb\n");
    fprintf(stderr, "(the next line is meant to be there)\n");
    assert_int_equal(child_run(none, NULL), 127);
    str_finish(&out);
}

/* ---- the sandbox, played by a line of shell -------------------------------------------------- */

static void test_sandbox(void **state)
{
    (void)state;
    struct tmpdir *d = tmpdir_create();
    struct str program = STR_INIT, log = STR_INIT;
    const char *extra[] = {"--time-scale", "0", NULL};
    assert_true(tmpdir_write(d, "box",
                             "#!/bin/sh\necho \"$* $PADDOCK_SANDBOX_TOKEN\" >>\"${0%/*}/log\"\n"
                             "[ \"$2\" = 0 ] && echo http://127.0.0.1:4711 || "
                             "echo http://127.0.0.1:$2\nexec sleep 60\n",
                             0700));
    struct sandbox_options o = {.accounts = 7,
                                .seed = 3,
                                .latency_ms = 5,
                                .org = "o",
                                .token = "tok",
                                .db = "/x.db",
                                .extra = extra,
                                .program = tmpdir_path(d, "box", &program)};
    struct sandbox_proc *s = sandbox_create(&o);
    assert_non_null(s);
    assert_string_equal(sandbox_url(s), "http://127.0.0.1:4711");
    assert_int_equal(sandbox_port(s), 4711);
    assert_string_equal(sandbox_env(s)[0], "PADDOCK_URL=http://127.0.0.1:4711");
    assert_string_equal(sandbox_env(s)[2], "PADDOCK_TOKEN=tok");
    sandbox_stop(s);
    assert_int_equal(sandbox_pid(s), 0);
    assert_true(sandbox_restart(s));
    assert_true(sandbox_pid(s) > 0);
    sandbox_destroy(s);
    assert_true(tmpdir_read(d, "log", &log));
    assert_string_equal(str_text(&log),
                        "--port 0 --org o --seed 3 --accounts 7 --latency-ms 5 --db /x.db "
                        "--time-scale 0 tok\n"
                        "--port 4711 --org o --seed 3 --accounts 7 --latency-ms 5 --db /x.db "
                        "--time-scale 0 tok\n");
    assert_true(tmpdir_write(d, "box", "#!/bin/sh\necho something else\n", 0700));
    fprintf(stderr, "(the next line is meant to be there)\n");
    assert_null(sandbox_create(&o));
    str_finish(&program);
    str_finish(&log);
    tmpdir_destroy(d);
}

/* ---- the real one ---------------------------------------------------------------------------- */

static size_t discard(char *p, size_t size, size_t n, void *ctx)
{
    (void)p, (void)ctx;
    return size * n;
}

static CURLcode get(const char *url, const struct tmpdir *d, bool with_client, long *status)
{
    struct str ca = STR_INIT, cert = STR_INIT, key = STR_INIT;
    CURL *c = curl_easy_init();
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 30L);
    if (d)
        curl_easy_setopt(c, CURLOPT_CAINFO, tmpdir_path(d, "tls-ca.pem", &ca));
    if (d && with_client) {
        curl_easy_setopt(c, CURLOPT_SSLCERT, tmpdir_path(d, "tls-client.pem", &cert));
        curl_easy_setopt(c, CURLOPT_SSLKEY, tmpdir_path(d, "tls-client.key", &key));
    }
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
    curl_easy_cleanup(c);
    str_finish(&ca);
    str_finish(&cert);
    str_finish(&key);
    return rc;
}

static void test_real_sandbox(void **state)
{
    (void)state;
    struct tmpdir *d = tmpdir_create();
    struct str program = STR_INIT, db = STR_INIT;
    long status = 0;
    build_dir(&program);
    str_add(&program, "/paddock-sandbox");
    if (!file_exists(str_text(&program))) {
        str_finish(&program);
        tmpdir_destroy(d);
        fail_msg("it needs the programs: make SAN=1 tests-build");
    }
    struct sandbox_options o = {.accounts = 3, .db = tmpdir_path(d, "box.db", &db)};
    struct sandbox_proc *s = sandbox_create(&o);
    assert_non_null(s);
    int port = sandbox_port(s);
    assert_int_equal(get(sandbox_url(s), NULL, false, &status), CURLE_OK);
    assert_true(status >= 400 && status < 500);
    sandbox_stop(s);
    assert_int_equal(get(sandbox_url(s), NULL, false, &status), CURLE_COULDNT_CONNECT);
    assert_true(sandbox_restart(s));
    assert_int_equal(sandbox_port(s), port);
    assert_int_equal(get(sandbox_url(s), NULL, false, &status), CURLE_OK);
    sandbox_destroy(s);
    str_finish(&program);
    str_finish(&db);
    tmpdir_destroy(d);
}

/* ---- certificates ---------------------------------------------------------------------------- */

static void test_tls(void **state)
{
    (void)state;
    static const CURLcode expected[TLS_KINDS] = {
        [TLS_GOOD] = CURLE_OK,
        [TLS_EXPIRED] = CURLE_PEER_FAILED_VERIFICATION,
        [TLS_WRONG_HOST] = CURLE_PEER_FAILED_VERIFICATION,
        [TLS_SELF_SIGNED] = CURLE_PEER_FAILED_VERIFICATION,
        [TLS_OLD] = CURLE_SSL_CONNECT_ERROR,
        [TLS_CLIENT] = CURLE_OK,
    };
    struct tmpdir *d = tmpdir_create();
    char url[40];
    long status;
    for (int kind = 0; kind < TLS_KINDS; kind++) {
        /* It speaks no HTTP/1.1, so it gives no page; client_tls_test looks at its handshake. */
        if (kind == TLS_H2_ONLY)
            continue;
        struct tls_server *s = tls_server_create(d, (enum tls_kind)kind);
        assert_non_null(s);
        snprintf(url, sizeof url, "https://127.0.0.1:%d/", tls_port(s));
        assert_int_equal(get(url, d, true, &status), expected[kind]);
        if (kind == TLS_CLIENT)
            assert_int_not_equal(get(url, d, false, &status), CURLE_OK);
        tls_server_destroy(s);
    }
    tmpdir_destroy(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),        cmocka_unit_test(test_end_by_force),
        cmocka_unit_test(test_run),          cmocka_unit_test(test_sandbox),
        cmocka_unit_test(test_real_sandbox), cmocka_unit_test(test_tls),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
