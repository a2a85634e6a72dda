/* reads_test.c: accounts read one by one: in their turn, two at once, each once; what a 404 does,
 * and what stopping leaves behind. */
#include "fake_api.h"

#include "sync/reads.h"

/* The world of fake_api.h with a queue of the test's own beside its sync, which stands. */
struct rig {
    struct world w;
    struct reads *reads;
    unsigned done, removed;
    const char *then; /* an id that is added from the callback, or NULL */
};

static void on_done(void *ctx, const struct api_result *r, bool removed)
{
    struct rig *rig = ctx;
    (void)r;
    rig->done++;
    rig->removed += removed;
    if (rig->then) {
        const char *id = rig->then;
        rig->then = NULL;
        reads_add(rig->reads, span_of(id));
    }
}

static int set_up(void **state)
{
    static const struct sync_options options = {.page_limit = 100};
    static struct rig rig;
    memset(&rig, 0, sizeof rig);
    world_open(&rig.w, &options);
    rig.reads = reads_create(&rig.w.api, rig.w.fleet, on_done, &rig);
    *state = &rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    reads_destroy(rig->reads);
    reads_destroy(NULL);
    assert_int_equal(open_count(&rig->w.api, false), 0);
    world_close(&rig->w);
    return 0;
}

static row_id put(struct rig *rig, const char *id)
{
    char json[96];
    row_id row = ROW_NONE;
    snprintf(json, sizeof json, "{\"provider_account_id\":\"%s\",\"name\":\"old\"}", id);
    fleet_put(rig->w.fleet, span_of(json), 0, &row);
    return row;
}

static void test_two_at_once_in_their_turn(void **state)
{
    struct rig *rig = *state;
    reads_add(rig->reads, span_of("a"));
    reads_add(rig->reads, span_of("b"));
    reads_add(rig->reads, span_of("c"));
    reads_add(rig->reads, span_of("d"));
    reads_add(rig->reads, span_of("c")); /* is in the queue already */
    assert_int_equal(reads_pending(rig->reads), 4);
    assert_int_equal(open_count(&rig->w.api, false), 2);
    answer(&rig->w, false, "b", ST_OK, -1);
    assert_non_null(open_call(&rig->w, false, "c"));
    assert_null(open_call(&rig->w, false, "d"));
    answer(&rig->w, false, "a", ST_SERVER, -1); /* a failure keeps nobody else waiting */
    assert_non_null(open_call(&rig->w, false, "d"));
    assert_int_equal(reads_pending(rig->reads), 2);
    answer(&rig->w, false, "d", ST_OK, -1);
    answer(&rig->w, false, "c", ST_OK, -1);
    assert_int_equal(reads_pending(rig->reads), 0);
    assert_int_equal(rig->done, 4);
    assert_int_equal(rig->w.api.reads, 4);
    assert_true(row_of(&rig->w, "b") != ROW_NONE);
    assert_true(row_of(&rig->w, "a") == ROW_NONE);
}

static void test_what_comes_is_kept(void **state)
{
    struct rig *rig = *state;
    struct value name;
    row_id row = put(rig, "a");
    reads_add(rig->reads, span_of("a"));
    answer(&rig->w, false, "a", ST_OK, -1);
    fleet_get(rig->w.fleet, row, FIELD_NAME, &name);
    assert_true(span_is(name.text, "read"));
    assert_int_equal(rig->removed, 0);
}

static void test_gone(void **state)
{
    struct rig *rig = *state;
    put(rig, "a");
    row_id locked = put(rig, "b");
    fleet_lock(rig->w.fleet, locked, "applying");
    reads_add(rig->reads, span_of("a"));
    reads_add(rig->reads, span_of("b"));
    reads_add(rig->reads, span_of("c"));
    answer(&rig->w, false, "a", ST_NOT_FOUND, -1);
    assert_int_equal(rig->removed, 1);
    assert_true(row_of(&rig->w, "a") == ROW_NONE);
    answer(&rig->w, false, "b", ST_NOT_FOUND, -1); /* a write is open on it: not ours to remove */
    assert_int_equal(row_of(&rig->w, "b"), locked);
    answer(&rig->w, false, "c", ST_NOT_FOUND, -1); /* never there */
    assert_int_equal(rig->removed, 1);
    assert_int_equal(rig->done, 3);
}

static void test_stopped(void **state)
{
    struct rig *rig = *state;
    for (const char *id = "abcde"; *id; id++)
        reads_add(rig->reads, (struct span){id, 1});
    reads_stop(rig->reads);
    assert_int_equal(reads_pending(rig->reads), 0);
    assert_int_equal(open_count(&rig->w.api, false), 0);
    assert_int_equal(rig->done, 0);
    reads_add(rig->reads, span_of("a")); /* and it goes on */
    answer(&rig->w, false, "a", ST_OK, -1);
    assert_int_equal(rig->done, 1);
}

/* The one that is told of a reply may ask for more. */
static void test_added_from_the_callback(void **state)
{
    struct rig *rig = *state;
    rig->then = "b";
    reads_add(rig->reads, span_of("a"));
    answer(&rig->w, false, "a", ST_OK, -1);
    answer(&rig->w, false, "b", ST_OK, -1);
    assert_int_equal(rig->done, 2);
}

static void test_what_the_screen_shows(void **state)
{
    struct rig *rig = *state;
    const row_id rows[] = {put(rig, "a"), put(rig, "b")};
    reads_visible(rig->reads, rows, 2);
    assert_int_equal(reads_visible_count(rig->reads), 2);
    assert_int_equal(rig->w.api.reads, 0); /* sends nothing */
    fleet_remove(rig->w.fleet, rows[0], 1);
    reads_add_visible(rig->reads); /* by id: the row may be gone */
    assert_non_null(open_call(&rig->w, false, "a"));
    assert_non_null(open_call(&rig->w, false, "b"));
    reads_visible(rig->reads, NULL, 0);
    assert_int_equal(reads_visible_count(rig->reads), 0);
    reads_stop(rig->reads);
    reads_add_visible(rig->reads);
    assert_int_equal(reads_pending(rig->reads), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_two_at_once_in_their_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_comes_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_added_from_the_callback, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_the_screen_shows, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
