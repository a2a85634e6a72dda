/* editor.c: see editor.h. */
#include "cli/editor.h"

#include "base/fd.h"
#include "base/mem.h"
#include "config/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX  (1024 * 1024)
#define WORDS_MAX 16
/* No person corrects this often; an editor that returns at once with other nonsense each time is
 * not started without end. */
#define ROUNDS_MAX 20

struct editor {
    struct account base;
    unsigned flag;
    bool ranges_warn, kept;
    struct account hidden;     /* the secrets that the file masks, where there are any */
    char *path;                /* owned */
    char *command;             /* owned; cut into words */
    char *argv[WORDS_MAX + 2]; /* point into command, then path */
    struct str written;        /* what the file held when the editor was started */
    bool again;                /* it holds what was typed, with its errors as comments */
    int rounds;                /* how often it was not good */
    char wrong[240];           /* the first of its errors, in words */
};

/* Words are separated by blanks, as in EDITOR="code --wait"; no shell reads it. */
static enum status split_command(struct editor *e, struct error *err)
{
    const char *command = getenv("VISUAL");
    size_t n = 0;
    if (!command || !*command)
        command = getenv("EDITOR");
    if (!command || !*command)
        command = "vi";
    e->command = mem_strdup(command);
    for (char *word = strtok(e->command, " \t"); word; word = strtok(NULL, " \t")) {
        if (n == WORDS_MAX)
            return error_set(err, ST_USAGE, "$VISUAL or $EDITOR has too many words");
        e->argv[n++] = word;
    }
    if (n == 0)
        return error_set(err, ST_USAGE, "$VISUAL or $EDITOR names no program");
    e->argv[n] = e->path;
    return ST_OK;
}

static enum status failed(const struct editor *e, const char *what, struct error *err)
{
    return error_set(err, ST_IO, "%s: cannot %s: %s", e->path, what, strerror(errno));
}

static enum status make_file(struct editor *e, const char *dir, struct error *err)
{
    enum status st = paths_make_dir(dir, err);
    if (st != ST_OK)
        return st;
    e->path = paths_join(dir, "edit-XXXXXX.jsonc");
    int fd = mkostemps(e->path, (int)strlen(".jsonc"), O_CLOEXEC);
    if (fd < 0)
        return failed(e, "be made", err);
    bool good = fd_write_all(fd, span_from(&e->written));
    if (close(fd) != 0 || !good)
        return failed(e, "be written", err);
    return ST_OK;
}

/* By name again: some editors replace the file by a new one. */
static enum status write_again(struct editor *e, struct error *err)
{
    int fd = open(e->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed(e, "be opened", err);
    bool good = fchmod(fd, 0600) == 0 && fd_write_all(fd, span_from(&e->written));
    if (close(fd) != 0 || !good)
        return failed(e, "be written", err);
    return ST_OK;
}

static enum status read_file(const struct editor *e, struct str *out, struct error *err)
{
    int fd = open(e->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0)
        return failed(e, "be opened", err);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
        close(fd);
        return error_set(err, ST_USAGE, "%s is no file of a sane size any more", e->path);
    }
    bool good = fd_read_all(fd, FILE_MAX, out);
    close(fd);
    return good ? ST_OK : failed(e, "be read", err);
}

#define MASK "********"

/* What the file is made of: each secret that is not to be seen is a mask, and kept aside. */
static void hide(struct editor *e, const struct editor_spec *spec, struct account *shown)
{
    const struct value mask = value_text(span_of(MASK));
    account_copy(shown, spec->start);
    for (int i = 0; i < FIELD_COUNT && !spec->reveal; i++) {
        enum field f = (enum field)i;
        if (!(field_info(f)->flags & FF_SECRET) || !value_known(&shown->v[f]))
            continue;
        account_set(&e->hidden, f, &shown->v[f]);
        account_set(shown, f, &mask);
        if (!e->written.len)
            str_printf(&e->written, "// %s is not shown: as it is until another is typed there.\n",
                       field_info(f)->leaf);
    }
}

/* A mask that was left says: as it was. One with something typed to it is neither. */
static bool unhide(const struct editor *e, struct span text, struct account *mine,
                   struct edit_problems *problems)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        const struct value *v = &mine->v[f];
        if (!value_known(&e->hidden.v[f]) || !value_known(v))
            continue;
        if (span_is(v->text, MASK))
            account_set(mine, f, &e->hidden.v[f]);
        else if (v->text.len && memmem(v->text.p, v->text.len, MASK, strlen(MASK)))
            edit_problem_add(problems, edit_text_line(text, f),
                             "%s: type it whole, or leave " MASK " for what is there",
                             field_info(f)->leaf);
    }
    return problems->count == 0;
}

static void add_refusals(struct editor *e, const struct editor_spec *spec)
{
    struct edit_problems problems = {.count = 0};
    struct str annotated = STR_INIT;
    for (size_t i = 0; i < spec->refused_count; i++)
        edit_problem_add(&problems, edit_text_line(span_from(&e->written), spec->refused[i].field),
                         "%s: %s", field_info(spec->refused[i].field)->leaf,
                         spec->refused[i].words);
    if (!problems.count)
        return;
    edit_text_annotate(span_from(&e->written), &problems, &annotated);
    str_finish(&e->written);
    e->written = annotated;
}

enum status editor_create(struct editor **out, const struct editor_spec *spec, struct error *err)
{
    struct editor *e = mem_calloc(1, sizeof *e);
    struct account shown;
    account_init(&e->base);
    account_copy(&e->base, spec->base);
    e->flag = spec->flag;
    e->ranges_warn = spec->ranges_warn;
    account_init(&e->hidden);
    account_init(&shown);
    hide(e, spec, &shown);
    edit_text_write(&shown, spec->flag, spec->title, &e->written);
    account_finish(&shown);
    add_refusals(e, spec);
    enum status st = make_file(e, spec->dir, err);
    if (st == ST_OK)
        st = split_command(e, err);
    if (st != ST_OK) {
        editor_destroy(e);
        e = NULL;
    }
    *out = e;
    return st;
}

void editor_destroy(struct editor *editor)
{
    if (!editor)
        return;
    if (!editor->kept && !editor->again && editor->path)
        unlink(editor->path);
    account_finish(&editor->base);
    account_finish(&editor->hidden);
    str_finish(&editor->written);
    mem_free(editor->command);
    mem_free(editor->path);
    mem_free(editor);
}

char *const *editor_argv(const struct editor *editor)
{
    return editor->argv;
}

const char *editor_path(const struct editor *editor)
{
    return editor->path;
}

/* What was typed is not lost with what failed. */
static enum editor_round keep(struct editor *e, struct error *err)
{
    struct stat st;
    e->kept = true;
    if (lstat(e->path, &st) == 0)
        error_next(err, "kept in %s", e->path);
    else
        error_next(err, "the editor left no file: nothing was taken");
    return EDITOR_FAILED;
}

/* The text goes back to the operator with its errors as comments. */
static enum editor_round give_back(struct editor *e, struct span text,
                                   const struct edit_problems *problems, struct error *err)
{
    struct str annotated = STR_INIT;
    edit_text_annotate(text, problems, &annotated);
    str_finish(&e->written);
    e->written = annotated;
    e->again = true;
    snprintf(e->wrong, sizeof e->wrong, "line %zu: %.200s", problems->items[0].line,
             problems->items[0].text);
    if (write_again(e, err))
        return keep(e, err);
    if (++e->rounds < ROUNDS_MAX)
        return EDITOR_AGAIN;
    error_set(err, ST_USAGE, "after %d times there are still errors (%s): nothing was taken",
              e->rounds, e->wrong);
    return keep(e, err);
}

enum editor_round editor_ended(struct editor *e, int exit_code, struct account *mine,
                               struct error *err)
{
    struct str text = STR_INIT;
    struct edit_problems problems;
    enum editor_round round;
    if (exit_code != 0) {
        error_set(err, ST_FAIL, "the editor %s ended with %d: nothing was taken", e->argv[0],
                  exit_code);
        /* What cannot be run has changed nothing. */
        if (!e->again && read_file(e, &text, NULL) == ST_OK &&
            edit_text_same(span_from(&text), span_from(&e->written))) {
            str_finish(&text);
            return EDITOR_FAILED;
        }
        str_finish(&text);
        return keep(e, err);
    }
    if (read_file(e, &text, err))
        return keep(e, err);
    bool same = edit_text_same(span_from(&text), span_from(&e->written));
    if (same && !e->again) {
        round = EDITOR_SAME;
    } else if (same) {
        error_set(err, ST_USAGE, "the errors were left as they are (%s): nothing was taken",
                  e->wrong);
        round = keep(e, err);
    } else if (edit_text_read(span_from(&text), &e->base, e->flag, e->ranges_warn, mine,
                              &problems) &&
               unhide(e, span_from(&text), mine, &problems)) {
        round = EDITOR_TAKEN;
        e->again = false;
    } else {
        round = give_back(e, span_from(&text), &problems, err);
    }
    str_finish(&text);
    return round;
}
