/* sandbox_proc.c: see sandbox_proc.h. */
#include "sandbox_proc.h"

#include "base/mem.h"
#include "child_proc.h"
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGS_MAX = 40 };

struct sandbox_proc {
    struct sandbox_options options;
    struct child_proc child;
    struct str program, url, token_env;
    struct str env_text[3];
    const char *env[4];
    int port; /* 0 before the first start */
};

static const char *number(struct str *s, int n)
{
    str_clear(s);
    str_printf(s, "%d", n);
    return str_text(s);
}

static bool url_read(struct sandbox_proc *s)
{
    struct str line = STR_INIT;
    char rest;
    bool ok = child_line(&s->child, &line, 30000) &&
              sscanf(str_text(&line), "http://127.0.0.1:%d%c", &s->port, &rest) == 1;
    if (ok) {
        str_clear(&s->url);
        str_add(&s->url, str_text(&line));
    } else {
        fprintf(stderr, "sandbox_proc: %s said \"%s\" instead of its URL\n", str_text(&s->program),
                str_text(&line));
    }
    str_finish(&line);
    return ok;
}

static bool start(struct sandbox_proc *s)
{
    const struct sandbox_options *o = &s->options;
    const char *argv[ARGS_MAX], *env[2] = {str_text(&s->token_env), NULL};
    struct str port = STR_INIT, accounts = STR_INIT, seed = STR_INIT, latency = STR_INIT;
    int n = 0;
    argv[n++] = str_text(&s->program);
    argv[n++] = "--port";
    argv[n++] = number(&port, s->port);
    argv[n++] = "--org";
    argv[n++] = o->org;
    argv[n++] = "--seed";
    argv[n++] = number(&seed, o->seed ? o->seed : 1);
    argv[n++] = "--accounts";
    argv[n++] = number(&accounts, o->accounts);
    if (o->latency_ms) {
        argv[n++] = "--latency-ms";
        argv[n++] = number(&latency, o->latency_ms);
    }
    if (o->db) {
        argv[n++] = "--db";
        argv[n++] = o->db;
    }
    for (size_t i = 0; o->extra && o->extra[i] && n < ARGS_MAX - 1; i++)
        argv[n++] = o->extra[i];
    argv[n] = NULL;
    bool ok = child_proc_start(&s->child, argv, env) && url_read(s);
    str_finish(&port);
    str_finish(&accounts);
    str_finish(&seed);
    str_finish(&latency);
    return ok;
}

static void env_make(struct sandbox_proc *s)
{
    static const char *const names[3] = {"PADDOCK_URL", "PADDOCK_ORG", "PADDOCK_TOKEN"};
    const char *values[3] = {str_text(&s->url), s->options.org, s->options.token};
    for (int i = 0; i < 3; i++) {
        str_printf(&s->env_text[i], "%s=%s", names[i], values[i]);
        s->env[i] = str_text(&s->env_text[i]);
    }
}

struct sandbox_proc *sandbox_create(const struct sandbox_options *options)
{
    struct sandbox_proc *s = mem_calloc(1, sizeof *s);
    s->options = *options;
    s->child.out = -1;
    if (!s->options.org)
        s->options.org = "org-test";
    if (!s->options.token)
        s->options.token = "test-token-1";
    str_printf(&s->token_env, "PADDOCK_SANDBOX_TOKEN=%s", s->options.token);
    if (options->program) {
        str_add(&s->program, options->program);
    } else {
        build_dir(&s->program);
        str_add(&s->program, "/paddock-sandbox");
    }
    if (!start(s)) {
        sandbox_destroy(s);
        return NULL;
    }
    env_make(s);
    return s;
}

void sandbox_destroy(struct sandbox_proc *s)
{
    if (!s)
        return;
    child_finish(&s->child);
    str_finish(&s->program);
    str_finish(&s->url);
    str_finish(&s->token_env);
    for (int i = 0; i < 3; i++)
        str_finish(&s->env_text[i]);
    mem_free(s);
}

void sandbox_stop(struct sandbox_proc *s)
{
    child_finish(&s->child);
}

bool sandbox_restart(struct sandbox_proc *s)
{
    sandbox_stop(s);
    return start(s);
}

const char *sandbox_url(const struct sandbox_proc *s)
{
    return str_text(&s->url);
}

int sandbox_port(const struct sandbox_proc *s)
{
    return s->port;
}

const char *sandbox_token(const struct sandbox_proc *s)
{
    return s->options.token;
}

const char *sandbox_org(const struct sandbox_proc *s)
{
    return s->options.org;
}

pid_t sandbox_pid(const struct sandbox_proc *s)
{
    return s->child.pid;
}

const char *const *sandbox_env(const struct sandbox_proc *s)
{
    return s->env;
}
