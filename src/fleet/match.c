/* match.c: see match.h. */
#include "fleet/match.h"

#include "base/mem.h"
#include "fleet/cells.h"
#include "model/fuzzy.h"

#include <stdlib.h>
#include <string.h>

#define SCAN_PART     4 /* texts are looked up by themselves when fewer than 1 row in this is tried */
#define SCAN_PER_UNIT 4                 /* texts of a scan that take as long as a row */
#define NAME_BONUS    (8 * FUZZY_POINT) /* a fit in the name goes before the same one elsewhere */
#define SCORE_OPEN    INT32_MIN

struct term_state {
    struct filter_term info;
    uint8_t *verdicts; /* owned; enum verdict by text; NULL: the row decides */
    int32_t *scores;   /* owned; fuzzy: by text */
    size_t scanned;    /* entries of the search that were tried */
};

struct matcher {
    struct fleet *fleet;
    struct cells *cells;
    const struct filter *filter;
    struct term_state *terms; /* owned */
    size_t count, room;       /* room: texts with a number below it are kept in mind */
    uint32_t empty;           /* the text "" is a map without pairs, too: never kept */
    enum field search[FIELD_COUNT];
    size_t search_count;
    bool scans, ranks;
    bool listed; /* all searched texts of the rows are in the search */
};

static bool searched(enum field field)
{
    return field_info(field)->flags & FF_SEARCH;
}

/* Fields with few texts come first: they decide without a look far away. */
static void order_search(struct matcher *m)
{
    static const enum field first[] = {FIELD_PROVIDER_TYPE, FIELD_STATUS, FIELD_REGION, FIELD_TAGS};
    bool taken[FIELD_COUNT] = {false};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        if (searched(first[i]))
            m->search[m->search_count++] = first[i];
        taken[first[i]] = true;
    }
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (!taken[f] && searched((enum field)f))
            m->search[m->search_count++] = (enum field)f;
    }
}

struct matcher *matcher_create(struct fleet *fleet, const struct filter *filter, size_t rows)
{
    struct matcher *m = mem_calloc(1, sizeof *m);
    m->fleet = fleet;
    m->cells = fleet_cells(fleet);
    m->filter = filter;
    m->count = filter_term_count(filter);
    m->terms = mem_calloc(m->count, sizeof *m->terms);
    m->room = m->cells->texts.count;
    m->empty = intern_find(&m->cells->texts, (struct span){"", 0});
    m->ranks = match_ranks(filter);
    order_search(m);
    bool many = rows * SCAN_PART > fleet_count(fleet);
    for (size_t i = 0; i < m->count; i++) {
        struct term_state *t = &m->terms[i];
        t->info = filter_term_at(filter, i);
        if (t->info.by != FILTER_BY_ROW)
            t->verdicts = mem_calloc(m->room, sizeof *t->verdicts);
        m->scans = m->scans || (many && t->info.needle);
    }
    return m;
}

void matcher_destroy(struct matcher *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->count; i++) {
        mem_free(m->terms[i].verdicts);
        mem_free(m->terms[i].scores);
    }
    mem_free(m->terms);
    mem_free(m);
}

bool matcher_prepare(struct matcher *m, size_t units)
{
    if (!m->scans)
        return true;
    uint32_t some = units < UINT32_MAX ? (uint32_t)units : UINT32_MAX;
    if (!m->listed && !(m->listed = cells_search_some(m->cells, fleet_rows(m->fleet), some)))
        return false;
    for (size_t i = 0; i < m->count; i++) {
        struct term_state *t = &m->terms[i];
        if (!t->info.needle || t->scanned >= m->cells->search.count)
            continue;
        size_t texts = units < SIZE_MAX / SCAN_PER_UNIT ? units * SCAN_PER_UNIT : SIZE_MAX / 2;
        search_scan(&m->cells->search, t->info.needle, t->scanned, texts, t->verdicts, m->room);
        t->scanned += texts;
        return false;
    }
    return true;
}

static bool text_holds(struct matcher *m, size_t term, enum field field, uint32_t id)
{
    struct term_state *t = &m->terms[term];
    if (id < m->room && t->verdicts[id] != VERDICT_OPEN)
        return t->verdicts[id] == VERDICT_YES;
    bool holds = filter_term_text(m->filter, term, field, intern_span(&m->cells->texts, id));
    if (id < m->room && id != m->empty)
        t->verdicts[id] = holds ? VERDICT_YES : VERDICT_NO;
    return holds;
}

static bool search_holds(struct matcher *m, size_t term, row_id row)
{
    for (size_t f = 0; f < m->search_count; f++) {
        uint32_t id = cells_text(m->cells, row, m->search[f]);
        if (id && text_holds(m, term, m->search[f], id))
            return true;
    }
    return false;
}

static bool term_holds(struct matcher *m, size_t term, row_id row)
{
    const struct filter_term *info = &m->terms[term].info;
    if (info->by == FILTER_BY_SEARCH)
        return search_holds(m, term, row);
    if (info->by == FILTER_BY_FIELD) {
        uint32_t id = cells_text(m->cells, row, info->field);
        if (id)
            return text_holds(m, term, info->field, id);
    }
    struct row_source source = fleet_row_source(m->fleet, row);
    return filter_term_row(m->filter, term, &source);
}

bool matcher_row(struct matcher *m, row_id row)
{
    for (size_t i = 0; i < m->count; i++) {
        if (term_holds(m, i, row) == m->terms[i].info.negate)
            return false;
    }
    return true;
}

/* ---- ranking ---- */

bool matcher_ranks(const struct matcher *m)
{
    return m->ranks;
}

static int text_score(struct matcher *m, size_t term, enum field field, uint32_t id)
{
    struct term_state *t = &m->terms[term];
    bool keep = id < m->room && id != m->empty;
    if (keep && !t->scores) {
        t->scores = mem_alloc(m->room * sizeof *t->scores);
        for (size_t i = 0; i < m->room; i++)
            t->scores[i] = SCORE_OPEN;
    }
    if (keep && t->scores[id] != SCORE_OPEN)
        return t->scores[id];
    int score = filter_term_score(m->filter, term, field, intern_span(&m->cells->texts, id));
    if (keep)
        t->scores[id] = score;
    return score;
}

int matcher_score(struct matcher *m, row_id row)
{
    int sum = 0;
    for (size_t i = 0; i < m->count; i++) {
        int best = 0;
        if (!m->terms[i].info.fuzzy || m->terms[i].info.negate)
            continue;
        for (size_t f = 0; f < m->search_count; f++) {
            uint32_t id = cells_text(m->cells, row, m->search[f]);
            int score = id ? text_score(m, i, m->search[f], id) : 0;
            if (score && m->search[f] == FIELD_NAME)
                score += NAME_BONUS;
            best = score > best ? score : best;
        }
        sum += best;
    }
    return sum;
}

/* ---- one row ---- */

bool match_row(const struct fleet *fleet, const struct filter *filter, row_id row)
{
    struct row_source source = fleet_row_source(fleet, row);
    return filter_match(filter, &source);
}

bool match_ranks(const struct filter *filter)
{
    for (size_t i = 0; i < filter_term_count(filter); i++) {
        struct filter_term info = filter_term_at(filter, i);
        if (info.fuzzy && !info.negate)
            return true;
    }
    return false;
}

int match_score(const struct fleet *fleet, const struct filter *filter, row_id row)
{
    int sum = 0;
    for (size_t i = 0; i < filter_term_count(filter); i++) {
        struct filter_term info = filter_term_at(filter, i);
        int best = 0;
        if (!info.fuzzy || info.negate)
            continue;
        for (int f = 0; f < FIELD_COUNT; f++) {
            struct value v;
            if (!searched((enum field)f))
                continue;
            fleet_get(fleet, row, (enum field)f, &v);
            int score = value_known(&v) ? filter_term_score(filter, i, (enum field)f, v.text) : 0;
            if (score && f == FIELD_NAME)
                score += NAME_BONUS;
            best = score > best ? score : best;
        }
        sum += best;
    }
    return sum;
}
