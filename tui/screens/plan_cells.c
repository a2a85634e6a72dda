/* plan_cells.c: the table of a plan: which columns it has and how wide, and what stands in a cell.
 *
 * Every field that some item changes has a column, those that most change first: h and l go to the
 * ones that do not fit. Names that begin alike are told apart by their ends, so that their column
 * is as wide as they are, up to a third of the screen. */
#include "tui/screens/plan_private.h"

#include "base/change_text.h"

#include <string.h>

#define NAME_LEAST   20 /* cells */
#define FIELD_LEAST  18
#define RESULT_LEAST 18
#define WARNED_LEAST 30 /* where a warning has to be read, when it leaves room for a field */
#define AROUND       6  /* gutter, end, and the gaps between three columns */

enum { COL_ACCOUNT = 100, COL_RESULT = 101 }; /* below: index into fields */

/* ---- columns -------------------------------------------------------------------------------- */

/* The fields that some item changes: those that most do first, then in the order of the table. */
static void find_fields(struct plan_view *v, const struct plan *plan)
{
    v->field_count = 0;
    for (int f = 0; f < FIELD_COUNT; f++) {
        size_t at = v->field_count;
        if (!plan->changed[f])
            continue;
        for (; at && plan->changed[v->fields[at - 1]] < plan->changed[f]; at--)
            v->fields[at] = v->fields[at - 1];
        v->fields[at] = (enum field)f;
        v->field_count++;
    }
}

static void find_names(struct plan_view *v, const struct plan *plan)
{
    v->name_cells = NAME_LEAST;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        struct span name = item->name.len ? item->name : item->id;
        int cells = text_width(name.p, name.len);
        v->name_cells = cells > v->name_cells ? cells : v->name_cells;
    }
}

void plan_draw_columns(struct plan_view *v)
{
    const struct plan *plan = plan_view_plan(v);
    v->columns_for = 0;
    if (!plan)
        return;
    find_fields(v, plan);
    find_names(v, plan);
}

void plan_fit_columns(struct plan_view *v, int cells)
{
    struct table_column columns[FIELD_COUNT + 2];
    const struct plan *plan = plan_view_plan(v);
    size_t n = 0;
    if (v->columns_for == cells)
        return;
    v->columns_for = cells;
    int name = v->name_cells < cells / 3 ? v->name_cells : cells / 3;
    name = name > NAME_LEAST ? name : NAME_LEAST;
    int result = cells - AROUND - name - FIELD_LEAST;
    result = result > WARNED_LEAST ? WARNED_LEAST : result;
    result = plan->warned && result > RESULT_LEAST ? result : RESULT_LEAST;
    if (!v->field_count) /* nothing stands between */
        result = cells - AROUND - name > RESULT_LEAST ? cells - AROUND - name : RESULT_LEAST;
    v->all_fit = AROUND - 1 + name + result + (int)v->field_count * (FIELD_LEAST + 1) <= cells;
    columns[n++] = (struct table_column){"ACCOUNT", name, v->name_cells, 0, TEXT_LEFT, COL_ACCOUNT};
    for (size_t i = 0; i < v->field_count; i++)
        columns[n++] = (struct table_column){
            field_info(v->fields[i])->label, FIELD_LEAST, 36, (int)i + 1, TEXT_LEFT, (int)i};
    columns[n++] = (struct table_column){"RESULT", result, 70, 0, TEXT_LEFT, COL_RESULT};
    table_set_columns(&v->table, columns, n);
}

/* ---- cells ---------------------------------------------------------------------------------- */

static const struct {
    enum role role;
    enum glyph glyph;
} looks[PLAN_STATE_COUNT] = {
    [PLAN_SAME] = {ROLE_DIM, GLYPH_NONE},        [PLAN_SKIPPED] = {ROLE_DIM, GLYPH_NONE},
    [PLAN_WAITING] = {ROLE_TEXT, GLYPH_NONE},    [PLAN_RUNNING] = {ROLE_BUSY, GLYPH_LOCK},
    [PLAN_APPLIED] = {ROLE_OK, GLYPH_OK},        [PLAN_DIFFERENT] = {ROLE_WARNING, GLYPH_DEGRADED},
    [PLAN_ALREADY] = {ROLE_OK, GLYPH_OK},        [PLAN_STALE] = {ROLE_WARNING, GLYPH_DOWN},
    [PLAN_FAILED] = {ROLE_ERROR, GLYPH_DOWN},    [PLAN_UNKNOWN] = {ROLE_WARNING, GLYPH_OTHER},
    [PLAN_BLOCKED] = {ROLE_WARNING, GLYPH_LOCK}, [PLAN_RELEASED] = {ROLE_WARNING, GLYPH_OTHER},
};

/* Why it failed, without "could not change the account: ", which "failed" says already: a narrow
 * cell shows the reason. */
static struct span reason_of(const struct plan_item *item)
{
    const char *lead = "could not ";
    struct span note = item->note;
    if (item->state != PLAN_FAILED || note.len < strlen(lead) ||
        memcmp(note.p, lead, strlen(lead)) != 0)
        return note;
    const char *colon = memmem(note.p, note.len, ": ", 2);
    return colon ? (struct span){colon + 2, (size_t)(note.p + note.len - colon) - 2} : note;
}

/* What is planned: before anything was sent. */
static void add_planned(const struct plan_item *item, struct table_cell *out)
{
    static const char *const words[] = {
        [JOURNAL_UPDATE] = "", [JOURNAL_DELETE] = "delete", [JOURNAL_CREATE] = "create"};
    const char *word = words[item->kind];
    if (item->warning_count) {
        out->role = ROLE_WARNING;
        str_printf(out->text, "%s%s! ", word, *word ? " " : "");
        if (item->warnings[0].field != FIELD_NONE)
            str_printf(out->text, "%s: ", field_info(item->warnings[0].field)->key);
        str_add(out->text, item->warnings[0].text);
    } else {
        str_add(out->text, *word ? word : "ok");
    }
    if (item->kind == JOURNAL_DELETE)
        out->role = ROLE_DANGER;
}

/* What waits is told as it will be done, and once the plan was begun as what was not done. */
static void add_result(const struct plan_item *item, bool begun, struct table_cell *out)
{
    out->role = looks[item->state].role;
    out->glyph = looks[item->state].glyph;
    if (item->state == PLAN_WAITING && !begun)
        add_planned(item, out);
    else
        str_add(out->text, plan_state_word(item->state));
    if (item->note.len) {
        str_add(out->text, ": ");
        str_add_span(out->text, reason_of(item));
    }
}

/* Both as they are drawn, so that they can be measured. */
static void add_change(const struct plan_view *v, const struct plan_field *field,
                       struct table_cell *out)
{
    const struct draw *draw = app_draw(v->app);
    unsigned flags = draw->ascii ? TEXT_ASCII : 0;
    if (field->counts) {
        change_counts(out->text, field->from, field->to, out->width);
        return;
    }
    struct str old = STR_INIT, now = STR_INIT;
    text_safe_z(&old, field->old, flags);
    text_safe_z(&now, field->now, flags);
    change_text(out->text, span_from(&old), span_from(&now), out->width,
                draw_glyph_text(draw, GLYPH_ELLIPSIS));
    str_finish(&old);
    str_finish(&now);
}

static void add_field(const struct plan_view *v, uint32_t index, enum field field,
                      struct table_cell *out)
{
    struct plan_field fields[FIELD_COUNT];
    struct arena mem;
    arena_init(&mem);
    size_t n =
        plan_item_fields(plan_view_plan(v), index, SHOW_CELL, false, &mem, fields, FIELD_COUNT);
    for (size_t i = 0; i < n && i < FIELD_COUNT; i++)
        if (fields[i].field == field)
            add_change(v, &fields[i], out);
    arena_finish(&mem);
}

void plan_draw_cell(void *ctx, size_t row, size_t column, struct table_cell *out)
{
    struct plan_view *v = ctx;
    uint32_t index;
    const struct plan_item *item = plan_view_item(v, row, &index);
    if (!item)
        return;
    int id = v->table.columns[column].id;
    if (id == COL_RESULT) {
        add_result(item, v->live, out);
    } else if (id == COL_ACCOUNT) {
        out->role = item->state == PLAN_SAME || item->state == PLAN_SKIPPED ? ROLE_DIM : ROLE_TEXT;
        str_add_span(out->text, item->name.len ? item->name : item->id);
    } else if (item->kind == JOURNAL_UPDATE) {
        add_field(v, index, v->fields[id], out);
    }
}
