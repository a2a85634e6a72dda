/* cli_inside.c: see cli_inside.h. */
#include "cli_inside.h"

#include "base/mem.h"
#include "book_server.h"
#include "cli/cli.h"
#include "loop/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ACCOUNTS = 5, WORDS_MAX = 40 };

/* The server's process: answers until it is killed, or the test ends. */
static void serve(struct book *book, int ready)
{
    char url[64];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct loop *loop = loop_create(clock_system());
    struct book_server *server = book_server_create(loop, book);
    if (!server)
        _exit(1);
    snprintf(url, sizeof url, "%s", book_server_url(server));
    if (write(ready, url, sizeof url) != (ssize_t)sizeof url)
        _exit(1);
    for (;;)
        loop_step(loop, -1);
}

int cli_inside_setup(void **state)
{
    static struct cli_inside c;
    int ends[2];
    memset(&c, 0, sizeof c);
    *state = &c;
    c.dir = tmpdir_create();
    c.book = book_shared();
    if (!c.dir || !c.book || pipe(ends) != 0)
        return -1;
    book_begin(c.book, ACCOUNTS, 1760968927000);
    c.server = fork();
    if (c.server == 0)
        serve(c.book, ends[1]);
    close(ends[1]);
    ssize_t n = read(ends[0], c.url, sizeof c.url);
    close(ends[0]);
    for (size_t i = 0; c.dir->env[i]; i++) {
        char *name = mem_strdup(c.dir->env[i]), *value = strchr(name, '=');
        *value = '\0';
        setenv(name, value + 1, 1);
        mem_free(name);
    }
    return n == (ssize_t)sizeof c.url ? 0 : -1;
}

int cli_inside_teardown(void **state)
{
    struct cli_inside *c = *state;
    if (c->server > 0) {
        kill(c->server, SIGKILL);
        waitpid(c->server, NULL, 0);
    }
    book_shared_free(c->book);
    str_finish(&c->out);
    str_finish(&c->err);
    str_finish(&c->path);
    tmpdir_destroy(c->dir);
    return 0;
}

/* A stream whose bytes go to *text. */
struct catcher {
    char *bytes;
    size_t len;
    FILE *before;
};

static void catch_stream(FILE **stream, struct catcher *c)
{
    c->before = *stream;
    *stream = open_memstream(&c->bytes, &c->len);
}

static void release_stream(FILE **stream, struct catcher *c, struct str *text)
{
    fclose(*stream);
    *stream = c->before;
    str_clear(text);
    str_append(text, c->bytes, c->len);
    free(c->bytes);
}

int cli_inside_run(struct cli_inside *c, const char *words)
{
    char *argv[WORDS_MAX + 1] = {(char *)(uintptr_t) "paddock"};
    char *line = mem_strdup(words), *at = line;
    int argc = 1;
    while (at && argc < WORDS_MAX)
        argv[argc++] = strsep(&at, "\t");
    /* Read, and taken out of the environment, by each run. */
    setenv("PADDOCK_URL", c->url, 1);
    setenv("PADDOCK_ORG", "org_demo", 1);
    setenv("PADDOCK_TOKEN", "test-token-1", 1);
    struct catcher out, err;
    struct cli_console console;
    catch_stream(&stdout, &out);
    catch_stream(&stderr, &err);
    int code = cli_main(argc, argv, &console);
    cli_console_finish(&console);
    release_stream(&stderr, &err, &c->err);
    release_stream(&stdout, &out, &c->out);
    mem_free(line);
    return code;
}

void cli_inside_expect(struct cli_inside *c, const char *words, int code, const char *out,
                       const char *err)
{
    int got = cli_inside_run(c, words);
    if (got != code || (out && !strstr(str_text(&c->out), out)) ||
        (err && !strstr(str_text(&c->err), err)))
        fail_msg("%s: exit %d, wanted %d, \"%s\", \"%s\"\n--- out\n%s\n--- err\n%s", words, got,
                 code, out ? out : "", err ? err : "", str_text(&c->out), str_text(&c->err));
    assert_null(strstr(str_text(&c->out), "test-token-1"));
    assert_null(strstr(str_text(&c->err), "test-token-1"));
}

const char *cli_inside_file(struct cli_inside *c, const char *name, const char *text)
{
    assert_true(tmpdir_write(c->dir, name, text, 0600));
    return tmpdir_path(c->dir, name, &c->path);
}
