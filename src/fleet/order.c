/* order.c: see order.h. */
#include "fleet/order.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define RUN_ROWS  64 /* sorted in one step */
#define KEY_BYTES 16

struct item {
    uint64_t key[2]; /* of the first column */
    uint64_t id[2];  /* `whole`: of the id */
    row_id row;
    int32_t score;
    uint8_t rank; /* of the presence: values, null, absent, bad */
    bool whole;   /* the key says all of the value, and the id comes next */
};

struct order {
    const struct fleet *fleet;
    const struct column_set *columns;
    struct sort sort;
    struct item *items, *other; /* owned; a merge goes from one to the other */
    size_t count;
    size_t keyed, runs;    /* items with a key; items in sorted runs of RUN_ROWS */
    size_t width;          /* of the runs that are merged; 0: not begun */
    size_t left, a, b, to; /* the merge that was left off: its first item, and where it is */
    size_t passes, done;   /* for the percent: items to be moved in all, and moved */
};

struct order *order_create(const struct fleet *fleet, const struct column_set *columns,
                           const struct sort *sort, const row_id *rows, size_t count,
                           const int32_t *scores)
{
    struct order *o = mem_calloc(1, sizeof *o);
    *o = (struct order){.fleet = fleet, .columns = columns, .sort = *sort, .count = count};
    o->items = mem_alloc((count + 1) * sizeof *o->items);
    o->other = mem_alloc((count + 1) * sizeof *o->other);
    for (size_t i = 0; i < count; i++)
        o->items[i] = (struct item){.row = rows[i], .score = scores ? scores[i] : 0};
    for (size_t w = RUN_ROWS; w < count; w *= 2)
        o->passes++;
    return o;
}

void order_destroy(struct order *o)
{
    if (!o)
        return;
    mem_free(o->items);
    mem_free(o->other);
    mem_free(o);
}

/* ---- keys ---- */

/* The beginning of the text as value_cmp sees it: folded. A NUL ends what it compares by. True when
 * no other text has this key. */
static bool text_key(struct span text, uint64_t key[2])
{
    unsigned char bytes[KEY_BYTES] = {0};
    size_t n = 0;
    bool ascii = true, plain = text.len < KEY_BYTES;
    for (; n < text.len && n < KEY_BYTES && text.p[n] && ascii; n++) {
        char c = text.p[n];
        bool upper = c >= 'A' && c <= 'Z';
        ascii = (unsigned char)c < 0x80;
        plain = plain && !upper;
        bytes[n] = (unsigned char)(upper ? c + 32 : c);
    }
    plain = plain && ascii && n == text.len;
    if (!ascii) {
        struct str folded = STR_INIT;
        memset(bytes, 0, sizeof bytes);
        text_fold(&folded, text.p, text.len);
        for (n = 0; n < folded.len && n < KEY_BYTES && folded.data[n]; n++)
            bytes[n] = (unsigned char)folded.data[n];
        str_finish(&folded);
    }
    key[0] = key[1] = 0;
    for (size_t i = 0; i < KEY_BYTES; i++)
        key[i / 8] = key[i / 8] << 8 | bytes[i];
    return plain;
}

static bool value_key(const struct sort_key *k, const struct value *v, uint64_t key[2])
{
    enum field_type type = field_info(k->column->like)->type;
    bool whole = type == FT_INT || type == FT_SECONDS || type == FT_BOOL || type == FT_GROUP;
    key[0] = key[1] = 0;
    if (type == FT_TEXT || type == FT_OPEN || type == FT_MAP)
        whole = text_key(v->text, key);
    else if (type != FT_GROUP)
        key[0] = (uint64_t)v->i ^ (uint64_t)1 << 63;
    if (k->descending) {
        key[0] = ~key[0];
        key[1] = ~key[1];
    }
    return whole;
}

static void make_key(const struct order *o, struct item *it)
{
    static const uint8_t ranks[] = {
        [PRESENCE_VALUE] = 0, [PRESENCE_NULL] = 1, [PRESENCE_ABSENT] = 2, [PRESENCE_BAD] = 3};
    if (!o->sort.count)
        return;
    const struct sort_key *k = &o->sort.keys[0];
    struct row_source source = fleet_row_source(o->fleet, it->row);
    struct value v;
    column_get(k->column, &source, &v);
    it->rank = ranks[v.presence];
    it->whole = v.presence != PRESENCE_BAD;
    if (v.presence == PRESENCE_VALUE)
        it->whole = value_key(k, &v, it->key);
    fleet_get(o->fleet, it->row, FIELD_ID, &v);
    it->whole = it->whole && o->sort.count == 1 && v.presence == PRESENCE_VALUE;
    if (it->whole)
        text_key(v.text, it->id);
}

static int compare_keys(const uint64_t a[2], const uint64_t b[2])
{
    int i = a[0] == b[0];
    return a[i] < b[i] ? -1 : a[i] > b[i];
}

static int compare(const struct order *o, const struct item *a, const struct item *b)
{
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    int c = compare_keys(a->key, b->key);
    if (!c && a->whole && b->whole)
        c = compare_keys(a->id, b->id);
    if (c)
        return c;
    struct row_source x = fleet_row_source(o->fleet, a->row),
                      y = fleet_row_source(o->fleet, b->row);
    return sort_compare(&o->sort, o->columns, &x, &y);
}

static int compare_items(const void *a, const void *b, void *ctx)
{
    return compare(ctx, a, b);
}

/* ---- steps ---- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void next_merge(struct order *o, size_t left)
{
    o->left = o->a = o->to = left;
    o->b = least(left + o->width, o->count);
}

/* Moves at most `units` items; whether the pass is over. */
static bool merge_some(struct order *o, size_t units)
{
    while (units && o->left < o->count) {
        size_t middle = least(o->left + o->width, o->count);
        size_t end = least(o->left + 2 * o->width, o->count);
        for (; units && o->to < end; units--, o->done++) {
            bool first =
                o->b >= end || (o->a < middle && compare(o, &o->items[o->a], &o->items[o->b]) <= 0);
            o->other[o->to++] = o->items[first ? o->a++ : o->b++];
        }
        if (o->to == end)
            next_merge(o, end);
    }
    return o->left >= o->count;
}

bool order_step(struct order *o, size_t units)
{
    for (; units && o->keyed < o->count; units--)
        make_key(o, &o->items[o->keyed++]);
    while (units && o->keyed == o->count && o->runs < o->count) {
        size_t n = least(RUN_ROWS, o->count - o->runs);
        qsort_r(o->items + o->runs, n, sizeof *o->items, compare_items, o);
        o->runs += n;
        units = units > n ? units - n : 0;
    }
    if (o->runs < o->count || o->keyed < o->count)
        return false;
    if (!o->width) {
        o->width = RUN_ROWS;
        next_merge(o, 0);
    }
    while (units && o->width < o->count) {
        size_t before = o->done;
        if (merge_some(o, units)) {
            struct item *items = o->items;
            o->items = o->other;
            o->other = items;
            o->width *= 2;
            next_merge(o, 0);
        }
        units -= least(units, o->done - before);
    }
    return o->width >= o->count;
}

int order_percent(const struct order *o)
{
    size_t all = o->count * (o->passes + 2), done = o->keyed + o->runs + o->done;
    return all ? (int)(least(done, all) * 100 / all) : 100;
}

size_t order_count(const struct order *o)
{
    return o->count;
}

row_id order_at(const struct order *o, size_t i)
{
    return o->items[i].row;
}

void order_rows(const struct fleet *fleet, const struct column_set *columns,
                const struct sort *sort, row_id *rows, size_t count)
{
    struct order *o = order_create(fleet, columns, sort, rows, count, NULL);
    while (!order_step(o, SIZE_MAX)) {
    }
    for (size_t i = 0; i < count; i++)
        rows[i] = order_at(o, i);
    order_destroy(o);
}
