/* block_test.c: what goes into a block comes out as it was, and bytes that were touched do not. */
#include "model/block.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct block in, out;
    struct block_packer *packer;
    struct str packed;
};

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.packer = block_packer_create();
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    block_finish(&fx->in);
    block_finish(&fx->out);
    block_packer_destroy(fx->packer);
    str_finish(&fx->packed);
    return 0;
}

static void fill(struct fixture *fx, int records)
{
    struct str raw = STR_INIT;
    for (int i = 0; i < records; i++) {
        str_clear(&raw);
        str_printf(&raw, "{\"provider_account_id\":\"pa_%d\",\"name\":\"n%d\"}", i, i * i);
        assert_int_equal(block_add(&fx->in, 1000 - i, span_from(&raw)), i);
    }
    block_pack(fx->packer, &fx->in, &fx->packed);
    str_finish(&raw);
}

static void test_comes_out_as_it_went_in(void **state)
{
    struct fixture *fx = *state;
    fill(fx, BLOCK_RECORDS);
    assert_true(block_full(&fx->in));
    assert_true(fx->packed.len * 4 < fx->in.bytes.len);
    assert_true(block_unpack(fx->packer, span_from(&fx->packed), &fx->out));
    assert_int_equal(fx->out.count, BLOCK_RECORDS);
    for (uint32_t i = 0; i < BLOCK_RECORDS; i++) {
        int64_t as_of = 0;
        struct span got = block_at(&fx->out, i, &as_of);
        assert_true(span_eq(got, block_at(&fx->in, i, NULL)));
        assert_int_equal(as_of, 1000 - (int64_t)i);
    }
}

static void test_full_by_bytes_too(void **state)
{
    struct fixture *fx = *state;
    struct str big = STR_INIT;
    str_fill(&big, 'x', BLOCK_BYTES);
    assert_false(block_full(&fx->in));
    block_add(&fx->in, 0, span_from(&big));
    assert_true(block_full(&fx->in));
    block_pack(fx->packer, &fx->in, &fx->packed);
    assert_true(block_unpack(fx->packer, span_from(&fx->packed), &fx->out));
    assert_true(span_eq(block_at(&fx->out, 0, NULL), span_from(&big)));
    str_finish(&big);
}

static void test_empty(void **state)
{
    struct fixture *fx = *state;
    block_pack(fx->packer, &fx->in, &fx->packed);
    assert_true(block_unpack(fx->packer, span_from(&fx->packed), &fx->out));
    assert_int_equal(fx->out.count, 0);
    assert_false(block_unpack(fx->packer, span_of(""), &fx->out));
}

/* F22: any bit turned over and any cut is found. */
static void test_f22_touched_bytes_are_found(void **state)
{
    struct fixture *fx = *state;
    fill(fx, 20);
    for (size_t bit = 0; bit < fx->packed.len * 8; bit++) {
        fx->packed.data[bit / 8] = (char)(fx->packed.data[bit / 8] ^ (1 << bit % 8));
        bool whole = block_unpack(fx->packer, span_from(&fx->packed), &fx->out);
        fx->packed.data[bit / 8] = (char)(fx->packed.data[bit / 8] ^ (1 << bit % 8));
        /* A bit of the frame's head may be of no meaning; then what comes out is the same. */
        if (whole)
            assert_true(span_eq(span_from(&fx->out.bytes), span_from(&fx->in.bytes)));
    }
    for (size_t len = 0; len < fx->packed.len; len++)
        assert_false(block_unpack(fx->packer, (struct span){fx->packed.data, len}, &fx->out));
}

/* A frame that is sound, of bytes that are no records. */
static void test_foreign_bytes_are_found(void **state)
{
    struct fixture *fx = *state;
    str_add(&fx->in.bytes, "ABCDEFGHIJKLMNOP");
    block_pack(fx->packer, &fx->in, &fx->packed);
    assert_false(block_unpack(fx->packer, span_from(&fx->packed), &fx->out));
    assert_int_equal(fx->out.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_comes_out_as_it_went_in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_by_bytes_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_f22_touched_bytes_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_foreign_bytes_are_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
