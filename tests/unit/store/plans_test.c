/* plans_test.c: plans on the disk: whole or not there, found by the beginning of an id, applied by
 * one process at a time. */
#include "store/plans.h"

#include "base/mem.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct tmpdir *dir;
    struct str path;
    struct plans *plans;
    struct str seen; /* what callbacks told */
};

static void open_plans(struct fixture *f, struct plans **out)
{
    struct error err;
    if (plans_open(out, f->path.data, clock_system(), &err) != ST_OK)
        fail_msg("%s", err.what);
}

static int setup(void **state)
{
    struct fixture *f = mem_calloc(1, sizeof *f);
    f->dir = tmpdir_create();
    tmpdir_path(f->dir, "state/plans.db", &f->path);
    open_plans(f, &f->plans);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    plans_close(f->plans);
    tmpdir_destroy(f->dir);
    str_finish(&f->path);
    str_finish(&f->seen);
    mem_free(f);
    return 0;
}

static struct plans_head head_of(const char *id, uint32_t items)
{
    return (struct plans_head){.id = id,
                               .origin = "http://x",
                               .org = "o",
                               .profile = "p",
                               .by = "me@host",
                               .reason = "why",
                               .title = "what",
                               .of = "",
                               .made_wall_ms = 1000,
                               .items = items,
                               .linked = true};
}

static struct plans_item item_of(uint32_t n, const char *state)
{
    return (struct plans_item){.n = n,
                               .kind = "update",
                               .state = state,
                               .account_id = "a",
                               .account_name = "name",
                               .before = "{}",
                               .target = "{\"name\":\"b\"}",
                               .note = "note",
                               .warnings = "[]",
                               .needs_name = true,
                               .op = 5,
                               .undoes = 6};
}

static void put(struct fixture *f, const char *id, bool seal)
{
    const struct plans_head head = head_of(id, 2);
    const struct plans_item items[] = {item_of(0, "waiting"), item_of(1, "same")};
    struct error err;
    bool there = true;
    assert_int_equal(plans_put_head(f->plans, &head, &there, &err), ST_OK);
    assert_false(there);
    assert_int_equal(plans_put_items(f->plans, id, items, 1, &err), ST_OK);
    assert_int_equal(plans_put_items(f->plans, id, items + 1, 1, &err), ST_OK);
    if (seal)
        assert_int_equal(plans_seal(f->plans, id, &err), ST_OK);
}

static void on_id(void *ctx, const char *id)
{
    str_printf(&((struct fixture *)ctx)->seen, "%s ", id);
}

static void on_head(void *ctx, const struct plans_head *h)
{
    struct fixture *f = ctx;
    str_printf(&f->seen, "%s %s %s %s %s %s %s %lld %u %d left %lld applied %lld\n", h->id,
               h->origin, h->org, h->profile, h->by, h->reason, h->title,
               (long long)h->made_wall_ms, (unsigned)h->items, h->linked, (long long)h->left,
               (long long)h->applied);
}

static void on_item(void *ctx, const struct plans_item *i)
{
    struct fixture *f = ctx;
    str_printf(&f->seen, "%u %s %s %s %s %s %s %s %s %d %lld %lld\n", (unsigned)i->n, i->kind,
               i->state, i->account_id, i->account_name, i->before, i->target, i->note, i->warnings,
               i->needs_name, (long long)i->op, (long long)i->undoes);
}

static const char *get(struct fixture *f, const char *id)
{
    struct error err;
    str_clear(&f->seen);
    if (plans_get(f->plans, id, on_head, f, &err) != ST_OK ||
        plans_items(f->plans, id, 0, 1, on_item, f, &err) != ST_OK ||
        plans_items(f->plans, id, 1, 100, on_item, f, &err) != ST_OK)
        return status_name(err.status);
    return str_text(&f->seen);
}

static void test_there_and_back(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    put(f, "AA11BB22", true);
    plans_close(f->plans);
    open_plans(f, &f->plans);
    assert_string_equal(get(f, "AA11BB22"),
                        "AA11BB22 http://x o p me@host why what 1000 2 1 left 1 applied 0\n"
                        "0 update waiting a name {} {\"name\":\"b\"} note [] 1 5 6\n"
                        "1 update same a name {} {\"name\":\"b\"} note [] 1 5 6\n");
    assert_int_equal(stat(f->path.data, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* One that was not finished is not there, and can be begun anew. */
static void test_whole_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    struct str id = STR_INIT;
    struct error err;
    put(f, "AA11BB22", false);
    assert_string_equal(get(f, "AA11BB22"), "not_found");
    assert_int_equal(plans_find(f->plans, "AA11", &id, &err), ST_NOT_FOUND);
    put(f, "AA11BB22", true);
    assert_non_null(strstr(get(f, "AA11BB22"), "1 update same"));
    str_finish(&id);
}

static void test_the_same_again(void **state)
{
    struct fixture *f = *state;
    struct plans_head head = head_of("AA11BB22", 2);
    struct error err;
    bool there;
    put(f, "AA11BB22", true);
    assert_int_equal(plans_put_head(f->plans, &head, &there, &err), ST_OK);
    assert_true(there);
    head.title = "another";
    assert_int_equal(plans_put_head(f->plans, &head, &there, &err), ST_CONFLICT);
    head.title = "what";
    head.made_wall_ms = 5000;
    assert_int_equal(plans_put_head(f->plans, &head, &there, &err), ST_CONFLICT);
    assert_int_equal(plans_remove(f->plans, "AA11BB22", &err), ST_OK);
    assert_string_equal(get(f, "AA11BB22"), "not_found");
    assert_int_equal(plans_remove(f->plans, "AA11BB22", &err), ST_OK);
}

static void test_found_by_its_beginning(void **state)
{
    struct fixture *f = *state;
    struct str id = STR_INIT;
    struct error err;
    put(f, "AA11BB22", true);
    put(f, "AA11CC33", true);
    struct plans_head undo = head_of("AA11BB22-undo", 0);
    bool there;
    undo.of = "AA11BB22";
    assert_int_equal(plans_put_head(f->plans, &undo, &there, &err), ST_OK);
    assert_int_equal(plans_seal(f->plans, "AA11BB22-undo", &err), ST_OK);
    assert_int_equal(plans_find(f->plans, "aa11b", &id, &err), ST_OK);
    assert_string_equal(id.data, "AA11BB22");
    assert_int_equal(plans_find(f->plans, "AA11BB22", &id, &err), ST_OK);
    assert_string_equal(id.data, "AA11BB22");
    assert_int_equal(plans_find(f->plans, "AA11BB22-undo", &id, &err), ST_OK);
    assert_string_equal(id.data, "AA11BB22-undo");
    assert_int_equal(plans_find(f->plans, "AA11", &id, &err), ST_USAGE);
    assert_int_equal(plans_find(f->plans, "AA1", &id, &err), ST_NOT_FOUND);
    assert_int_equal(plans_find(f->plans, "%%%%", &id, &err), ST_NOT_FOUND);
    assert_int_equal(plans_find(f->plans, "", &id, &err), ST_NOT_FOUND);
    str_finish(&id);
}

static void test_states(void **state)
{
    struct fixture *f = *state;
    struct error err;
    put(f, "AA11BB22", true);
    assert_int_equal(plans_flush(f->plans, &err), ST_OK);
    assert_int_equal(plans_state(f->plans, "AA11BB22", 0, "applied", 9, "new", "done", &err),
                     ST_OK);
    plans_close(f->plans); /* not flushed: as it was */
    open_plans(f, &f->plans);
    assert_non_null(strstr(get(f, "AA11BB22"), "0 update waiting a name"));
    assert_int_equal(plans_state(f->plans, "AA11BB22", 0, "applied", 9, NULL, "done", &err), ST_OK);
    assert_int_equal(plans_flush(f->plans, &err), ST_OK);
    assert_non_null(strstr(get(f, "AA11BB22"), "left 0 applied 1"));
    assert_non_null(strstr(get(f, "AA11BB22"), "0 update applied a name {} "));
    str_clear(&f->seen);
    assert_int_equal(plans_ids(f->plans, "http://x", "o", 9, on_id, f, &err), ST_OK);
    assert_string_equal(str_text(&f->seen), "AA11BB22 ");
    str_clear(&f->seen);
    assert_int_equal(plans_ids(f->plans, "http://y", "o", 9, on_id, f, &err), ST_OK);
    assert_int_equal(f->seen.len, 0);
}

/* While another process writes, it is busy, and nothing waits. */
static void test_busy(void **state)
{
    struct fixture *f = *state;
    struct plans *other;
    struct error err;
    put(f, "AA11BB22", true);
    open_plans(f, &other);
    assert_int_equal(plans_state(f->plans, "AA11BB22", 0, "stale", 0, NULL, "", &err), ST_OK);
    assert_int_equal(plans_state(other, "AA11BB22", 1, "stale", 0, NULL, "", &err), ST_IO);
    assert_true(plans_is_busy(&err));
    assert_int_equal(plans_flush(f->plans, &err), ST_OK);
    assert_int_equal(plans_state(other, "AA11BB22", 1, "stale", 0, NULL, "", &err), ST_OK);
    plans_close(other);
}

static void test_one_applies_it(void **state)
{
    struct fixture *f = *state;
    struct plans *other;
    struct error err;
    put(f, "AA11BB22", true);
    open_plans(f, &other);
    assert_int_equal(plans_claim(other, "AA11BB22", &err), ST_OK);
    assert_int_equal(plans_claim(f->plans, "AA11BB22", &err), ST_CONFLICT);
    plans_unclaim(f->plans, "AA11BB22"); /* not ours to give back */
    assert_int_equal(plans_claim(f->plans, "AA11BB22", &err), ST_CONFLICT);
    plans_unclaim(other, "AA11BB22");
    assert_int_equal(plans_claim(f->plans, "AA11BB22", &err), ST_OK);
    plans_unclaim(f->plans, "AA11BB22");
    plans_close(other);
}

/* A look is no claim: it waits for no write of another process, and leaves the plan to it. */
static void test_a_look_takes_nothing(void **state)
{
    struct fixture *f = *state;
    struct plans *other;
    struct error err;
    put(f, "AA11BB22", true);
    open_plans(f, &other);
    assert_int_equal(plans_claim(other, "AA11BB22", &err), ST_OK);
    assert_int_equal(plans_look(f->plans, "AA11BB22", &err), ST_CONFLICT);
    plans_unclaim(other, "AA11BB22");
    assert_int_equal(plans_state(other, "AA11BB22", 1, "applied", 7, NULL, "", &err), ST_OK);
    assert_int_equal(plans_look(f->plans, "AA11BB22", &err), ST_OK);
    assert_int_equal(plans_flush(other, &err), ST_OK);
    assert_int_equal(plans_claim(other, "AA11BB22", &err), ST_OK);
    plans_close(other);
}

/* Nor is it taken away from under who applies it. */
static void test_one_that_is_applied_is_not_forgotten(void **state)
{
    struct fixture *f = *state;
    struct plans *other;
    struct error err;
    bool more = true;
    put(f, "AA11BB22", true);
    open_plans(f, &other);
    assert_int_equal(plans_claim(other, "AA11BB22", &err), ST_OK);
    assert_int_equal(plans_remove_some(f->plans, "AA11BB22", 1, &more, &err), ST_CONFLICT);
    assert_false(more);
    assert_string_not_equal(get(f, "AA11BB22"), "not_found");
    plans_unclaim(other, "AA11BB22");
    assert_int_equal(plans_remove_some(f->plans, "AA11BB22", 9, &more, &err), ST_OK);
    assert_false(more);
    plans_close(other);
}

/* One that died while it applied: the plan is free (F29). */
static void test_the_owner_died(void **state)
{
    struct fixture *f = *state;
    struct error err;
    put(f, "AA11BB22", true);
    plans_close(f->plans);
    pid_t pid = fork();
    if (pid == 0) {
        struct plans *mine;
        bool good = plans_open(&mine, f->path.data, clock_system(), &err) == ST_OK &&
                    plans_claim(mine, "AA11BB22", &err) == ST_OK;
        if (good)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    open_plans(f, &f->plans);
    assert_int_equal(plans_claim(f->plans, "AA11BB22", &err), ST_OK);
}

/* F22: a file that is none is put aside, which is said once, and a new one is begun. */
static void test_F22_corrupt_is_kept_beside_and_told(void **state)
{
    struct fixture *f = *state;
    plans_close(f->plans);
    assert_true(tmpdir_write(f->dir, "state/plans.db", "SQLite format 3, but it is not", 0600));
    open_plans(f, &f->plans);
    assert_non_null(
        strstr(plans_note(f->plans), "plans.db was corrupt: kept as plans.db.corrupt-"));
    assert_non_null(strstr(plans_note(f->plans), "their undo are out of sight: the log has each"));
    assert_int_equal(tmpdir_find_bytes(f->dir, "SQLite format 3, but it is not"), 1);
    plans_close(f->plans);
    open_plans(f, &f->plans);
    assert_string_equal(plans_note(f->plans), "");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_there_and_back),
        T(test_whole_or_not_at_all),
        T(test_the_same_again),
        T(test_found_by_its_beginning),
        T(test_states),
        T(test_busy),
        T(test_one_applies_it),
        T(test_a_look_takes_nothing),
        T(test_the_owner_died),
        T(test_one_that_is_applied_is_not_forgotten),
        T(test_F22_corrupt_is_kept_beside_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
