/* raws_test.c: every account's JSON comes back as it was received, whatever came and went, and what
 * an account was when it was last settled stays until then. */
#include "fleet/fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ACCOUNTS = 900, STEPS = 30000 };

static void write_raw(char out[160], int account, unsigned version)
{
    snprintf(out, 160,
             "{\"provider_account_id\":\"pa_%d\",\"name\":\"n%u\",\"x\":%u,\"y\":\"%.*s\"}",
             account, version / 3, version, (int)(version % 40),
             "........................................");
}

struct model {
    row_id row;
    unsigned version, base;      /* 0: not there */
    bool had_base, is_new, seen; /* had_base: a version other than the current one is remembered */
};

static void check(const struct fleet *f, const struct model *m, int account)
{
    char want[160];
    if (!m->seen)
        return;
    assert_int_equal(fleet_alive(f, m->row), m->version != 0);
    if (m->version) {
        write_raw(want, account, m->version);
        assert_true(span_is(fleet_raw(f, m->row), want));
    }
    enum fleet_news news =
        m->had_base ? m->version ? FLEET_NEWS_CHANGED : FLEET_NEWS_GONE : FLEET_NEWS_NONE;
    if (!m->had_base && m->version && m->is_new)
        news = FLEET_NEWS_NEW;
    assert_int_equal(fleet_news(f, m->row), news);
    if (m->had_base) {
        write_raw(want, account, m->base);
        assert_true(span_is(fleet_base_raw(f, m->row), want));
    }
}

/* What the model says after a version came, or 0 when the account went. */
static void step(struct model *m, unsigned version)
{
    if (version == m->version)
        return;
    if (m->version && !m->had_base && !m->is_new) {
        m->had_base = true;
        m->base = m->version;
    }
    if (!m->version && !m->had_base)
        m->is_new = true;
    m->version = version;
}

static void settle(struct fleet *f, struct model *m)
{
    if (!m->seen)
        return;
    fleet_settle(f, m->row);
    m->had_base = m->is_new = false;
}

static void test_equals_a_plain_table(void **state)
{
    static struct model models[ACCOUNTS];
    (void)state;
    struct fleet *f = fleet_create();
    unsigned seed = 11;
    char raw[160];
    memset(models, 0, sizeof models);
    for (int i = 0; i < STEPS; i++) {
        seed = seed * 1664525u + 1013904223u;
        int account = (int)((seed >> 8) % ACCOUNTS);
        unsigned what = (seed >> 20) % 16;
        struct model *m = &models[account];
        if (what == 0) {
            if (m->seen && fleet_remove(f, m->row, i))
                step(m, 0);
        } else if (what == 1) {
            settle(f, m);
        } else {
            unsigned version = 1 + (seed >> 12) % 200;
            write_raw(raw, account, version);
            fleet_put(f, span_of(raw), i, &m->row);
            m->seen = true;
            step(m, version);
        }
        if (i % 50 == 0)
            fleet_tidy(f);
        check(f, m, account);
    }
    for (int i = 0; i < ACCOUNTS; i++)
        check(f, &models[i], i);
    fleet_destroy(f);
}

/* A console that runs for weeks stays flat: gaps are taken up again. */
static void test_gaps_do_not_pile_up(void **state)
{
    (void)state;
    struct fleet *f = fleet_create();
    char raw[160];
    size_t first = 0, last = 0;
    for (unsigned round = 1; round <= 60; round++) {
        for (int i = 0; i < ACCOUNTS; i++) {
            row_id row;
            if (round % 7 != (unsigned)i % 7 && round > 1)
                continue;
            write_raw(raw, i, round);
            fleet_put(f, span_of(raw), round, &row);
            fleet_settle(f, row);
        }
        raws_seal(fleet_raws(f));
        while (fleet_tidy(f)) {
        }
        last = raws_bytes(fleet_raws(f));
        first = first ? first : last;
    }
    assert_true(last < 4 * first);
    assert_true(raws_end(fleet_raws(f)) < 3 * ACCOUNTS / BLOCK_RECORDS + 40);
    fleet_destroy(f);
}

static void test_stored_blocks_come_in_as_they_are(void **state)
{
    (void)state;
    struct fleet *from = fleet_create(), *to = fleet_create();
    char raw[160];
    for (int i = 0; i < 150; i++) {
        write_raw(raw, i, 5);
        fleet_put(from, span_of(raw), 1, NULL);
    }
    raws_seal(fleet_raws(from));
    struct block_packer *packer = block_packer_create();
    struct block plain = {0};
    for (uint32_t b = 1; b < raws_end(fleet_raws(from)); b++) {
        struct span packed = raws_packed(fleet_raws(from), b);
        assert_true(block_unpack(packer, packed, &plain));
        uint32_t number = raws_adopt(fleet_raws(to), packed, &plain, 70 + b);
        for (uint32_t at = 0; at < plain.count; at += 2) {
            row_id row;
            struct raw_place place = {number, at};
            assert_int_equal(fleet_put_stored(to, &plain, place, 1, &row), FLEET_NEW);
            assert_int_equal(fleet_news(to, row), FLEET_NEWS_NONE);
            assert_true(span_eq(fleet_raw(to, row), block_at(&plain, at, NULL)));
        }
        struct raw_block info = raws_block(fleet_raws(to), number);
        assert_int_equal(info.stored, 70 + b);
        assert_int_equal(info.held, (plain.count + 1) / 2);
        assert_int_equal(info.bits[0], 0x55);
    }
    assert_int_equal(fleet_count(to), 75);
    row_id row = fleet_find(to, span_of("pa_0"));
    write_raw(raw, 0, 4);
    assert_int_equal(fleet_put(to, span_of(raw), 2, NULL), FLEET_SAME); /* no known field moved */
    assert_int_equal(fleet_news(to, row), FLEET_NEWS_CHANGED);
    write_raw(raw, 0, 5);
    assert_true(span_is(fleet_base_raw(to, row), raw));
    block_finish(&plain);
    block_packer_destroy(packer);
    fleet_destroy(from);
    fleet_destroy(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_a_plain_table),
        cmocka_unit_test(test_gaps_do_not_pile_up),
        cmocka_unit_test(test_stored_blocks_come_in_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
