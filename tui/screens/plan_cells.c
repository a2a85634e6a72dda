/* plan_cells.c: the table of a plan: which columns it has and how wide, and what stands in a cell.
 *
 * Every field that some item changes has a column, those that most change first: h and l go to the
 * ones that do not fit. Names that begin alike are told apart by their ends, so that their column
 * is as wide as they are, up to a third of the screen. */
#include "tui/screens/plan_private.h"

#include "base/change_text.h"
#include "base/mem.h"
#include "base/text.h"
#include "plan/names.h"

#include <string.h>

#define NAME_LEAST   20 /* cells */
#define FIELD_LEAST  18
#define RESULT_LEAST 18
#define WARNED_LEAST 30 /* where a warning has to be read, when it leaves room for a field */
#define SHORT_ID     6  /* cells of an id that tell two of a name apart */
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

/* The names of what it creates, which no account of the fleet is. */
static void find_created(struct plan_view *v, const struct plan *plan)
{
    plan_names_destroy(v->created);
    v->created = plan_names_create();
    for (uint32_t i = 0; plan->kinds[JOURNAL_CREATE] && i < plan->count; i++)
        if (plan->items[i].kind == JOURNAL_CREATE)
            plan_names_add(v->created, plan->items[i].name);
}

/* A name that an account of the fleet, or another of the plan, has too. Those that have it in the
 * fleet are told by a look, so that a plan of a hundred thousand opens at once. */
static bool is_twin(const struct plan_view *v, const struct plan_item *item)
{
    const struct fleet *fleet = app_session(v->app)->fleet;
    uint32_t created = plan_names_count(v->created, item->name);
    uint32_t there = fleet_name_holders(fleet, item->name);
    /* One that was created is in both. */
    if (item->kind == JOURNAL_CREATE && created == 1 && there == 1 && item->id.len &&
        fleet_find(fleet, item->id) != ROW_NONE)
        return false;
    return created + there > 1;
}

/* No text takes more cells than three times its bytes; hardly any takes more than these. Those that
 * cannot be the longest are not measured. */
static void find_names(struct plan_view *v, const struct plan *plan)
{
    const int beside = 1 + SHORT_ID;
    v->name_cells = NAME_LEAST;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_item *item = &plan->items[i];
        struct span name = item->name.len ? item->name : item->id;
        if ((int)name.len + beside <= v->name_cells)
            continue;
        int cells = text_width(name.p, name.len) + (is_twin(v, item) ? beside : 0);
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
    find_created(v, plan);
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
    bool narrow = cells < AROUND + NAME_LEAST + FIELD_LEAST + RESULT_LEAST;
    int field = narrow ? (cells - AROUND) * 2 / 5 : FIELD_LEAST;
    int name = v->name_cells < cells / 3 ? v->name_cells : cells / 3;
    name = narrow ? (cells - AROUND) * 2 / 5 : name > NAME_LEAST ? name : NAME_LEAST;
    int result = cells - AROUND - name - field;
    result = result > WARNED_LEAST ? WARNED_LEAST : result;
    if (!narrow)
        result = plan->warned && result > RESULT_LEAST ? result : RESULT_LEAST;
    if (!v->field_count && !narrow) /* nothing stands between */
        result = cells - AROUND - name > RESULT_LEAST ? cells - AROUND - name : RESULT_LEAST;
    v->all_fit = AROUND - 1 + name + result + (int)v->field_count * (field + 1) <= cells;
    columns[n++] = (struct table_column){"ACCOUNT", name, v->name_cells, 0, TEXT_LEFT, COL_ACCOUNT};
    for (size_t i = 0; i < v->field_count; i++)
        columns[n++] = (struct table_column){
            field_info(v->fields[i])->label, field, 36, (int)i + 1, TEXT_LEFT, (int)i};
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

static bool begins(struct span text, const char *with)
{
    return text.len >= strlen(with) && memcmp(text.p, with, strlen(with)) == 0;
}

/* Why it is so, without what the state's word says already ("not sent: "; for "failed", "could not
 * change the account: "): a narrow cell shows the reason. */
static struct span reason_of(const struct plan_item *item)
{
    struct span note = item->note;
    const char *word = plan_state_word(item->state);
    size_t len = strlen(word);
    if (begins(note, word) && begins((struct span){note.p + len, note.len - len}, ": "))
        return (struct span){note.p + len + 2, note.len - len - 2};
    if (item->state != PLAN_FAILED || !begins(note, "could not "))
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
    if (field->pairs && field->pairs[0]) {
        str_add(out->text, field->pairs);
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

/* An item is decoded once for all cells of its row. */
static void read_row(struct plan_view *v, uint32_t index)
{
    struct plan_row *row = &v->row;
    if (row->ready && row->index == index)
        return;
    arena_finish(&row->mem);
    arena_init(&row->mem);
    row->count = plan_item_fields(plan_view_plan(v), index, SHOW_CELL, false, &row->mem,
                                  row->fields, FIELD_COUNT);
    row->index = index;
    row->ready = true;
}

static void add_field(struct plan_view *v, uint32_t index, enum field field, struct table_cell *out)
{
    read_row(v, index);
    for (size_t i = 0; i < v->row.count && i < FIELD_COUNT; i++)
        if (v->row.fields[i].field == field)
            add_change(v, &v->row.fields[i], out);
}

/* The end of the id, which tells two of a name apart: ids begin alike. */
static void add_short_id(struct span id, struct str *out)
{
    size_t at = id.len, before;
    while (at > 0 && (before = text_prev(id.p, id.len, at)) < at &&
           text_width(id.p + before, id.len - before) <= SHORT_ID)
        at = before;
    if (at < id.len)
        str_printf(out, " %.*s", (int)(id.len - at), id.p + at);
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
        if (item->name.len && is_twin(v, item))
            add_short_id(item->id, out->text);
    } else if (item->kind == JOURNAL_UPDATE) {
        add_field(v, index, v->fields[id], out);
    }
}
