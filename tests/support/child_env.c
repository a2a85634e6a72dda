/* child_env.c: see child_env.h. */
#include "child_env.h"

#include "base/mem.h"
#include "base/vec.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const passed_on[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
                                        "TMPDIR"};

static size_t env_find(const struct child_env *e, const char *pair)
{
    size_t len = strcspn(pair, "=");
    for (size_t i = 0; i < e->count; i++)
        if (strncmp(e->items[i], pair, len) == 0 && e->items[i][len] == '=')
            return i;
    return e->count;
}

static void env_put(struct child_env *e, const char *pair)
{
    size_t at = env_find(e, pair);
    if (at < e->count) {
        mem_free(e->items[at]);
        e->items[at] = e->items[--e->count];
    }
    if (!strchr(pair, '='))
        return;
    VEC_ROOM(e->items, e->count, e->room);
    e->items[e->count++] = mem_strdup(pair);
}

void child_env_build(struct child_env *e, const char *const *extra)
{
    memset(e, 0, sizeof *e);
    for (size_t i = 0; i < ARRAY_LEN(passed_on); i++) {
        const char *value = getenv(passed_on[i]);
        if (!value)
            continue;
        size_t room = strlen(passed_on[i]) + strlen(value) + 2;
        char *pair = mem_alloc(room);
        snprintf(pair, room, "%s=%s", passed_on[i], value);
        env_put(e, pair);
        mem_free(pair);
    }
    env_put(e, "TERM=xterm-256color");
    env_put(e, "LANG=C.UTF-8");
    for (; extra && *extra; extra++)
        env_put(e, *extra);
    VEC_ROOM(e->items, e->count, e->room);
    e->items[e->count] = NULL;
}

void child_env_finish(struct child_env *e)
{
    for (size_t i = 0; i < e->count; i++)
        mem_free(e->items[i]);
    mem_free(e->items);
}

/* A test run in the background has some of these ignored, and a program inherits that. */
void child_signals_default(void)
{
    static const int all[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGTERM,
                              SIGTSTP, SIGTTIN, SIGTTOU, SIGCHLD, SIGWINCH};
    sigset_t none;
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        signal(all[i], SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
