/* help_fields.c: see help_fields.h. All of it is the field table and the columns; what is written
 * here is their order and the lines. */
#include "cli/help_fields.h"

#include "cli/config_meaning.h"

#include <string.h>

/* What a row is listed under; each column is in one. */
enum part { SETTABLE, SERVERS, COMPUTED, PART_COUNT };

static const char *const titles[PART_COUNT] = {
    [SETTABLE] = "Fields that set, plan, create and edit change",
    [SERVERS] = "Fields of the server's own",
    [COMPUTED] = "Columns that are worked out",
};

static enum part part_of(const struct column *c)
{
    return c->field == FIELD_NONE ? COMPUTED : field_settable(c->field) ? SETTABLE : SERVERS;
}

/* " Takes 0 or more tokens/month or none." */
static void add_takes(const struct field_info *f, struct str *out)
{
    static const char *const plain[FT_COUNT] = {
        [FT_TEXT] = "a text", [FT_MAP] = "pairs", [FT_BOOL] = "yes or no", [FT_TIME] = "a time"};
    const char *const *known = field_known_values(f->id);
    str_add(out, " Takes ");
    for (size_t i = 0; known[i]; i++)
        str_printf(out, "%s%s", known[i], known[i + 1] ? ", " : " or another");
    field_range(f, out);
    if (f->unit[0])
        str_printf(out, " %s", f->unit);
    if (plain[f->type])
        str_add(out, plain[f->type]);
    str_add(out, f->flags & FF_NULLABLE ? " or none." : ".");
}

static void add_words(const struct column *c, struct str *out)
{
    if (c->field == FIELD_NONE) {
        str_printf(out, "%s.", c->help);
        return;
    }
    const struct field_info *f = field_info(c->field);
    str_add(out, f->help);
    if (field_settable(c->field))
        add_takes(f, out);
    if (strcmp(f->path, f->key) != 0)
        str_printf(out, " (%s)", f->path);
}

static bool is_group(const struct column *c)
{
    return c->field != FIELD_NONE && field_info(c->field)->type == FT_GROUP;
}

void help_fields(const struct help_lines *lines, struct str *out)
{
    struct named_columns columns;
    struct str words = STR_INIT;
    named_columns_init(&columns);
    for (int part = 0; part < PART_COUNT; part++) {
        lines->part(titles[part], out);
        for (size_t i = 0; i < column_count(columns.set); i++) {
            const struct column *c = column_at(columns.set, i);
            if (part_of(c) != (enum part)part || is_group(c))
                continue;
            str_clear(&words);
            add_words(c, &words);
            lines->row(c->name, str_text(&words), out);
        }
    }
    lines->part("Shorter words for some of them in filters", out);
    for (size_t i = 0; column_alias(columns.set, i); i++) {
        const char *alias = column_alias(columns.set, i);
        lines->row(alias, column_find(columns.set, span_of(alias))->name, out);
    }
    str_finish(&words);
    named_columns_finish(&columns);
}
