/* problems.c: see problems.h. */
#include "config/problems.h"

#include "base/near.h"
#include "base/text.h"
#include "config/file.h"

static enum status note(struct problems *p, const char *what, const char *allowed)
{
    bool more = allowed && *allowed;
    if (!p->count++) {
        error_set(p->err, ST_CONFIG, "%s", what);
        if (more)
            error_next(p->err, "%s", allowed);
    }
    if (p->lines)
        str_printf(p->lines, "%s%s%s\n", what, more ? ": " : "", more ? allowed : "");
    return ST_CONFIG;
}

enum status problem_at(struct problems *p, unsigned line, const char *what, const char *value,
                       const char *allowed)
{
    struct str text = STR_INIT;
    str_printf(&text, "%s:%u: %s", p->file, line, what);
    if (value) {
        str_add(&text, " \"");
        text_safe_z(&text, value, 0);
        str_add_char(&text, '"');
    }
    note(p, str_text(&text), allowed);
    str_finish(&text);
    return ST_CONFIG;
}

enum status problem_name(struct problems *p, unsigned line, const char *what,
                         const struct near *near, const char *allowed)
{
    struct str value = STR_INIT, hint = STR_INIT;
    str_add_span(&value, near->typed);
    if (near->best)
        str_printf(&hint, "did you mean \"%s\"?", near->best);
    problem_at(p, line, what, str_text(&value), near->best ? str_text(&hint) : allowed);
    str_finish(&value);
    str_finish(&hint);
    return ST_CONFIG;
}

/* Notes an error that names file and line by itself. */
static enum status problem_error(struct problems *p, const struct error *error)
{
    return note(p, error->what, error->next);
}

enum status problems_read(struct problems *p, struct str *text)
{
    struct error err = {0};
    enum status st = file_read_checked(p->file, CONFIG_FILE_MAX, text, &err);
    return st == ST_OK || st == ST_NOT_FOUND ? st : problem_error(p, &err);
}

enum status problems_parse(struct problems *p, struct config_t *tree, const char *text, size_t len)
{
    struct error err = {0};
    return file_parse(tree, p->file, text, len, &err) ? problem_error(p, &err) : ST_OK;
}
