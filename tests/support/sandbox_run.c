/* sandbox_run.c: see sandbox_run.h. */
#include "tests/support/sandbox_run.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void box_program(char path[512])
{
    const char *build = getenv("PADDOCK_BUILD");
    snprintf(path, 512, "%s/paddock-sandbox", build ? build : "build");
}

/* Forks and runs it with stdout (and stderr, when asked) in a pipe. */
static pid_t spawn(const char *const *args, bool both, int *out)
{
    char program[512];
    char *argv[SANDBOX_ARGS_MAX + 2] = {program};
    int n = 1, ends[2];
    box_program(program);
    for (; args && args[n - 1]; n++) {
        assert_true(n <= SANDBOX_ARGS_MAX);
        argv[n] = (char *)(uintptr_t)args[n - 1];
    }
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no server behind */
        dup2(ends[1], 1);
        if (both)
            dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        setenv("PADDOCK_SANDBOX_TOKEN", SANDBOX_TOKEN, 1);
        execv(program, argv);
        _exit(127);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void box_start(struct box *s, const char *const *args)
{
    size_t n = 0;
    s->pid = spawn(args, false, &s->out);
    while (n + 1 < sizeof s->url && read(s->out, s->url + n, 1) == 1 && s->url[n] != '\n')
        n++;
    s->url[n] = '\0';
    assert_int_equal(sscanf(s->url, "http://127.0.0.1:%d", &s->port), 1);
}

int box_stop(struct box *s)
{
    kill(s->pid, SIGTERM);
    int code = wait_for(s->pid);
    close(s->out);
    return code;
}

static void read_all(int fd, struct str *out)
{
    char buf[4096];
    ssize_t n;
    while ((n = read(fd, buf, sizeof buf)) > 0)
        str_append(out, buf, (size_t)n);
}

int box_run_out(const char *const *args, struct str *out)
{
    int fd;
    pid_t pid = spawn(args, true, &fd);
    read_all(fd, out);
    close(fd);
    return wait_for(pid);
}

/* ---- requests ---- */

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
    str_append(ctx, data, size * n);
    return size * n;
}

struct box_answer box_call_as(const struct box *s, const char *token, const char *method,
                              const char *path, const char *body)
{
    struct box_answer a = {0};
    char url[2048], auth[256];
    struct curl_slist *headers = NULL;
    CURL *c = curl_easy_init();
    assert_non_null(c);
    snprintf(url, sizeof url, "%s%s", s->url, path);
    if (token) {
        snprintf(auth, sizeof auth, "Authorization: Bearer %s", token);
        headers = curl_slist_append(headers, auth);
    }
    headers = curl_slist_append(headers, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &a.body);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &a.head);
    if (body) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
    }
    a.error = (int)curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &a.status);
    a.json = cJSON_ParseWithLength(str_text(&a.body), a.body.len);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return a;
}

struct box_answer box_call(const struct box *s, const char *method, const char *path,
                           const char *body)
{
    return box_call_as(s, SANDBOX_TOKEN, method, path, body);
}

void box_answer_finish(struct box_answer *a)
{
    str_finish(&a->head);
    str_finish(&a->body);
    cJSON_Delete(a->json);
    a->json = NULL;
}

void box_raw(const struct box *s, const char *bytes, struct str *out)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), (ssize_t)strlen(bytes));
    read_all(fd, out);
    close(fd);
}

cJSON *box_json(const struct box *s, const char *method, const char *path, const char *body,
                long status)
{
    struct box_answer a = box_call(s, method, path, body);
    if (a.error || a.status != status)
        print_error("%s %s: curl %d, status %ld: %s\n", method, path, a.error, a.status,
                    str_text(&a.body));
    assert_int_equal(a.error, 0);
    assert_int_equal(a.status, status);
    cJSON *json = a.json;
    a.json = NULL;
    box_answer_finish(&a);
    return json;
}

void box_fault(const struct box *s, const char *json)
{
    cJSON_Delete(box_json(s, "POST", "/_sandbox/faults", json, 204));
}

/* ---- answers ---- */

const char *box_text(const cJSON *o, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? v->valuestring : "";
}

double box_number(const cJSON *o, const char *name)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    assert_true(cJSON_IsNumber(v));
    return v->valuedouble;
}

const char *box_path(const cJSON *account)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", SANDBOX_BASE, box_text(account, "provider_account_id"));
    return path;
}

double box_total(const struct box *s)
{
    cJSON *page = box_json(s, "GET", SANDBOX_BASE "?limit=1", NULL, 200);
    double n = box_number(page, "total");
    cJSON_Delete(page);
    return n;
}
