/* picture.c: runs a program in a terminal, types a little script and keeps the screen as SVG.
 *
 *   picture --size 100x30 --out x.svg [--text x.txt] [--light] [--cursor] [--title T]
 *           [--env K=V]... [--keys SCRIPT] -- PROGRAM ARG...
 *
 * The script's words, separated by blanks ('...' keeps blanks together):
 *   NAME       a key by name: j Enter C-s F2 S-Tab
 *   text:T     types T          wait:T     until T is on the screen
 *   gone:T     until T is not   quiet      until nothing moves for 300 ms
 *   pause      half a second    size:CxR   another size
 *   exit       until the program has ended
 * Exits 1, with the screen on stderr, when a wait fails. */
#include "../files.h"
#include "../pty_term.h"
#include "../svg.h"
#include "base/vec.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
    const char *out, *text, *script;
    struct svg_options svg;
    struct pty_options run;
    const char **env; /* owned */
    size_t env_count, env_room;
};

static bool do_quiet(struct term *t, const char *arg)
{
    (void)arg;
    term_wait_quiet(t, 300, 5000);
    return true;
}

static bool do_pause(struct term *t, const char *arg)
{
    (void)arg;
    term_wait_quiet(t, 10000, 500);
    return true;
}

static bool do_wait(struct term *t, const char *arg)
{
    return term_wait_text(t, arg, 20000);
}

static bool do_gone(struct term *t, const char *arg)
{
    return term_wait_gone(t, arg, 20000);
}

static bool do_exit(struct term *t, const char *arg)
{
    (void)arg;
    return term_wait_exit(t, 20000);
}

static bool size_parse(const char *arg, int *cols, int *rows)
{
    char rest;
    return sscanf(arg, "%dx%d%c", cols, rows, &rest) == 2 && *cols > 0 && *rows > 0 &&
           *cols <= 500 && *rows <= 200;
}

static bool do_size(struct term *t, const char *arg)
{
    int cols, rows;
    if (!size_parse(arg, &cols, &rows))
        return false;
    term_resize(t, rows, cols);
    return true;
}

static const struct word {
    const char *name;
    bool argument;
    bool (*run)(struct term *t, const char *arg);
} words[] = {
    {"text:", true, term_type}, {"wait:", true, do_wait},   {"gone:", true, do_gone},
    {"size:", true, do_size},   {"quiet", false, do_quiet}, {"pause", false, do_pause},
    {"exit", false, do_exit},
};

static bool word_run(struct term *t, const char *text)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        const struct word *w = &words[i];
        size_t len = strlen(w->name);
        if (w->argument ? strncmp(text, w->name, len) == 0 : strcmp(text, w->name) == 0)
            return w->run(t, text + len);
    }
    return term_keys(t, text);
}

/* Takes the next word of the script into out; false at the end. */
static bool word_next(const char **script, struct str *out)
{
    const char *p = *script;
    bool quoted = false;
    str_clear(out);
    p += strspn(p, " \t\n");
    if (!*p)
        return false;
    for (; *p && (quoted || !strchr(" \t\n", *p)); p++) {
        if (*p == '\'')
            quoted = !quoted;
        else
            str_add_char(out, *p);
    }
    *script = p;
    return true;
}

static bool script_run(struct term *t, const char *script)
{
    struct str word = STR_INIT;
    bool ok = true;
    while (ok && script && word_next(&script, &word)) {
        ok = word_run(t, str_text(&word));
        if (!ok)
            fprintf(stderr, "picture: the script ended at: %s\n", str_text(&word));
    }
    str_finish(&word);
    return ok;
}

static bool screen_save(struct term *t, const struct job *j)
{
    struct str svg = STR_INIT;
    svg_write(t, &j->svg, &svg);
    bool ok = file_write(j->out, str_text(&svg), svg.len, 0644);
    str_finish(&svg);
    if (ok && j->text) {
        const char *text = term_screen_text(t);
        ok = file_write(j->text, text, strlen(text), 0644);
    }
    return ok;
}

enum { SIZE = 1, OUT, TEXT, LIGHT, CURSOR, TITLE, ENV, KEYS };

static const struct option long_options[] = {
    {"size", required_argument, NULL, SIZE},
    {"out", required_argument, NULL, OUT},
    {"text", required_argument, NULL, TEXT},
    {"light", no_argument, NULL, LIGHT},
    {"cursor", no_argument, NULL, CURSOR},
    {"title", required_argument, NULL, TITLE},
    {"env", required_argument, NULL, ENV},
    {"keys", required_argument, NULL, KEYS},
    {NULL, 0, NULL, 0},
};

static bool option_take(struct job *j, int which)
{
    switch (which) {
    case SIZE:
        return size_parse(optarg, &j->run.cols, &j->run.rows);
    case OUT:
        j->out = optarg;
        return true;
    case TEXT:
        j->text = optarg;
        return true;
    case LIGHT:
        j->svg.light = true;
        return true;
    case CURSOR:
        j->svg.cursor = true;
        return true;
    case TITLE:
        j->svg.title = optarg;
        return true;
    case ENV:
        VEC_ROOM(j->env, j->env_count, j->env_room);
        j->env[j->env_count++] = optarg;
        return true;
    case KEYS:
        j->script = optarg;
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    struct job j;
    int which;
    bool ok = true;
    memset(&j, 0, sizeof j);
    while (ok && (which = getopt_long(argc, argv, "+", long_options, NULL)) != -1)
        ok = option_take(&j, which);
    if (!ok || !j.out || optind >= argc) {
        fprintf(stderr, "picture: --size CxR --out FILE [--text FILE] [--light] [--cursor] "
                        "[--title T] [--env K=V] [--keys SCRIPT] -- PROGRAM ARG...\n");
        mem_free(j.env);
        return 64;
    }
    VEC_ROOM(j.env, j.env_count, j.env_room);
    j.env[j.env_count] = NULL;
    j.run.env = j.env;
    j.run.argv = (const char *const *)argv + optind;
    struct term *t = term_create(&j.run);
    ok = t && script_run(t, j.script) && screen_save(t, &j);
    term_destroy(t);
    mem_free(j.env);
    return ok ? 0 : 1;
}
