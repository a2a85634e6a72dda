/* snapshot_test.c: the old list or the new one, whatever happens in between: kill, corruption, a
 * full disk, a second process. */
#include "store/snapshot.h"

#include "tests/support/tmpdir.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ORIGIN  "https://gw.example.net"
#define BLOCKS  12
#define RECORDS 20 /* a block */

struct fixture {
    struct tmpdir *dir;
    struct str cache;
    struct clock_manual manual;
    struct snapshot *s;
    struct block_packer *packer;
    struct error err;
};

static void reopen(struct fixture *fx)
{
    snapshot_close(fx->s);
    fx->s = NULL;
    assert_int_equal(snapshot_open(&fx->s, fx->cache.data, ORIGIN, "org_1",
                                   clock_from_manual(&fx->manual), &fx->err),
                     ST_OK);
}

static int set_up(void **state)
{
    static struct fixture fx;
    memset(&fx, 0, sizeof fx);
    fx.dir = tmpdir_create();
    tmpdir_path(fx.dir, "cache/paddock", &fx.cache);
    fx.manual.wall_ms = 1700000000000;
    fx.packer = block_packer_create();
    reopen(&fx);
    *state = &fx;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fx = *state;
    snapshot_close(fx->s);
    block_packer_destroy(fx->packer);
    str_finish(&fx->cache);
    tmpdir_destroy(fx->dir);
    return 0;
}

/* Record n of generation `gen`, of a length of its own. */
static void write_record(struct str *out, int gen, int n)
{
    str_clear(out);
    str_printf(out, "{\"provider_account_id\":\"pa_%d\",\"gen\":%d,\"pad\":\"%0*d\"}", n, gen,
               1 + n * 37 % 90, n);
}

/* Writes the blocks of a generation in slices of four; their manifest is left in `out`. */
static enum status write_blocks(struct fixture *fx, int gen, struct snapshot_block out[BLOCKS])
{
    struct str record = STR_INIT, packed = STR_INIT;
    struct block block;
    enum status st = ST_OK;
    block_init(&block);
    memset(out, 0, BLOCKS * sizeof *out);
    for (int b = 0; b < BLOCKS && st == ST_OK; b++) {
        block_clear(&block);
        str_clear(&packed);
        for (int i = 0; i < RECORDS; i++) {
            write_record(&record, gen, b * RECORDS + i);
            block_add(&block, 1000 * gen, span_from(&record));
            out[b].bits[i / 8] |= (uint8_t)(1u << i % 8);
        }
        block_pack(fx->packer, &block, &packed);
        if (b % 4 == 0)
            st = snapshot_write_begin(fx->s, &fx->err);
        if (st == ST_OK)
            st = snapshot_write_block(fx->s, span_from(&packed), 5, &out[b].number, &fx->err);
        if (st == ST_OK && b % 4 == 3)
            st = snapshot_write_end(fx->s, &fx->err);
    }
    block_finish(&block);
    str_finish(&record);
    str_finish(&packed);
    return st;
}

static enum status flip(struct fixture *fx, int gen, const struct snapshot_block *blocks)
{
    const struct snapshot_list list = {.complete_wall_ms = gen, .accounts = BLOCKS * RECORDS};
    return snapshot_flip(fx->s, &list, blocks, BLOCKS, 0, &fx->err);
}

static void write_generation(struct fixture *fx, int gen)
{
    struct snapshot_block blocks[BLOCKS];
    assert_int_equal(write_blocks(fx, gen, blocks), ST_OK);
    assert_int_equal(flip(fx, gen, blocks), ST_OK);
}

/* Reads the whole list: every record has to be the one of generation `gen`. */
static enum status read_all(struct fixture *fx, int gen)
{
    struct snapshot_list list = {0};
    struct snapshot_block block;
    struct block plain;
    struct span packed;
    struct str want = STR_INIT;
    int64_t offset = 0, as_of = 0;
    int seen = 0;
    block_init(&plain);
    enum status st = snapshot_read_begin(fx->s, &list, &fx->err);
    while (st == ST_OK) {
        st = snapshot_read_block(fx->s, &block, &packed, &offset, &fx->err);
        if (st == ST_OK && !block_unpack(fx->packer, packed, &plain))
            st = ST_PARSE;
        for (uint32_t i = 0; st == ST_OK && i < plain.count; i++, seen++) {
            write_record(&want, gen, seen);
            assert_true(span_eq(block_at(&plain, i, &as_of), span_from(&want)));
            assert_int_equal(as_of, 1000 * gen);
            assert_int_equal(offset, 5);
        }
    }
    snapshot_read_end(fx->s);
    block_finish(&plain);
    str_finish(&want);
    if (st != ST_NOT_FOUND || seen == 0)
        return st;
    assert_int_equal(seen, BLOCKS * RECORDS);
    assert_int_equal(list.accounts, BLOCKS * RECORDS);
    assert_int_equal(list.complete_wall_ms, gen);
    return ST_OK;
}

static void clean(struct fixture *fx)
{
    bool more = true;
    while (more)
        assert_int_equal(snapshot_clean(fx->s, &more, &fx->err), ST_OK);
}

static void test_none_then_one_then_another(void **state)
{
    struct fixture *fx = *state;
    assert_int_equal(read_all(fx, 1), ST_NOT_FOUND);
    write_generation(fx, 1);
    reopen(fx);
    assert_int_equal(read_all(fx, 1), ST_OK);
    write_generation(fx, 2);
    clean(fx);
    reopen(fx);
    assert_int_equal(read_all(fx, 2), ST_OK);
    assert_string_equal(snapshot_note(fx->s), "");
}

/* F29: killed after any number of blocks, before the flip: the old list stays, whole. */
static void test_f29_killed_in_a_generation(void **state)
{
    struct fixture *fx = *state;
    write_generation(fx, 1);
    snapshot_close(fx->s);
    fx->s = NULL;
    for (int round = 0; round < 6; round++) {
        int ready[2];
        assert_int_equal(pipe(ready), 0);
        pid_t pid = fork();
        if (pid == 0) {
            struct snapshot_block blocks[BLOCKS];
            struct error err;
            if (snapshot_open(&fx->s, fx->cache.data, ORIGIN, "org_1",
                              clock_from_manual(&fx->manual), &err))
                _exit(1);
            if (round % 2)
                write_blocks(fx, 2, blocks);
            if (write(ready[1], "x", 1) != 1)
                _exit(1);
            for (;;)
                write_blocks(fx, 2, blocks);
        }
        char c;
        close(ready[1]);
        assert_int_equal(read(ready[0], &c, 1), 1);
        usleep((useconds_t)round * 3000);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        close(ready[0]);
        reopen(fx);
        assert_int_equal(read_all(fx, 1), ST_OK);
        snapshot_close(fx->s);
        fx->s = NULL;
    }
    reopen(fx);
    write_generation(fx, 3);
    clean(fx);
    assert_int_equal(read_all(fx, 3), ST_OK);
}

static void find_file(struct fixture *fx, struct str *out)
{
    struct str command = STR_INIT;
    char name[300] = "";
    str_printf(&command, "ls %s/snapshot-*.db", str_text(&fx->cache));
    FILE *p = popen(str_text(&command), "r");
    assert_non_null(p);
    assert_non_null(fgets(name, sizeof name, p));
    pclose(p);
    name[strcspn(name, "\n")] = '\0';
    str_add(out, name);
    str_finish(&command);
}

/* The file's size, once all is in it. */
static int64_t file_bytes(struct fixture *fx)
{
    struct stat st;
    struct str path = STR_INIT;
    reopen(fx);
    find_file(fx, &path);
    assert_int_equal(stat(str_text(&path), &st), 0);
    str_finish(&path);
    return st.st_size;
}

static void test_old_blocks_go(void **state)
{
    struct fixture *fx = *state;
    int64_t first = 0;
    for (int gen = 1; gen <= 30; gen++) {
        write_generation(fx, gen);
        clean(fx);
        if (gen == 3)
            first = file_bytes(fx);
    }
    assert_true(file_bytes(fx) <= first * 2);
    assert_int_equal(read_all(fx, 30), ST_OK);
}

struct seen {
    char text[300];
};

static void on_overlay(void *ctx, struct span id, struct span raw, int64_t as_of)
{
    struct seen *seen = ctx;
    size_t n = strlen(seen->text);
    snprintf(seen->text + n, sizeof seen->text - n, "%.*s=%.*s@%lld ", (int)id.len, id.p,
             (int)raw.len, raw.p, (long long)as_of);
}

static void assert_overlay(struct fixture *fx, const char *want)
{
    struct seen seen = {""};
    assert_int_equal(snapshot_overlay(fx->s, on_overlay, &seen, &fx->err), ST_OK);
    assert_string_equal(seen.text, want);
}

static void save(struct fixture *fx, const char *id, const char *raw, int64_t as_of)
{
    assert_int_equal(snapshot_save(fx->s, span_of(id), span_of(raw), as_of, &fx->err), ST_OK);
}

static void test_single_records_lie_above(void **state)
{
    struct fixture *fx = *state;
    struct snapshot_block blocks[BLOCKS];
    save(fx, "pa_1", "{1}", 100);
    save(fx, "pa_1", "{old}", 99);
    save(fx, "pa_2", "", 120);
    save(fx, "pa_3", "{3}", 300);
    reopen(fx);
    assert_overlay(fx, "pa_1={1}@100 pa_2=@120 pa_3={3}@300 ");
    /* A sweep that began at 200 has seen the first two. */
    assert_int_equal(write_blocks(fx, 1, blocks), ST_OK);
    const struct snapshot_list list = {.complete_wall_ms = 1, .accounts = 1};
    assert_int_equal(snapshot_flip(fx->s, &list, blocks, BLOCKS, 200, &fx->err), ST_OK);
    assert_overlay(fx, "pa_3={3}@300 ");
}

static void test_each_server_and_org_has_its_own(void **state)
{
    struct fixture *fx = *state;
    struct snapshot *other;
    struct snapshot_list list;
    struct clock clock = clock_from_manual(&fx->manual);
    write_generation(fx, 1);
    assert_int_equal(snapshot_open(&other, fx->cache.data, ORIGIN, "org_2", clock, &fx->err),
                     ST_OK);
    assert_int_equal(snapshot_read_begin(other, &list, &fx->err), ST_NOT_FOUND);
    snapshot_close(other);
    assert_int_equal(snapshot_open(&other, fx->cache.data, "https://b", "org_1", clock, &fx->err),
                     ST_OK);
    assert_int_equal(snapshot_read_begin(other, &list, &fx->err), ST_NOT_FOUND);
    snapshot_close(other);
}

/* F23: a second process reads, saves single records and waits for its turn to write blocks. */
static void test_f23_second_process(void **state)
{
    struct fixture *fx = *state;
    struct snapshot *other;
    struct snapshot *first = fx->s;
    struct clock clock = clock_from_manual(&fx->manual);
    assert_true(snapshot_writer(first));
    write_generation(fx, 1);
    assert_int_equal(snapshot_open(&other, fx->cache.data, ORIGIN, "org_1", clock, &fx->err),
                     ST_OK);
    assert_false(snapshot_writer(other));
    /* A flip in the middle of a reading is not seen, and takes nothing away from it. */
    fx->s = other;
    struct snapshot_list list;
    assert_int_equal(snapshot_read_begin(other, &list, &fx->err), ST_OK);
    fx->s = first;
    write_generation(fx, 2);
    clean(fx);
    struct snapshot_block block;
    struct span packed;
    int64_t offset;
    int blocks = 0;
    while (snapshot_read_block(other, &block, &packed, &offset, &fx->err) == ST_OK)
        blocks++;
    assert_int_equal(blocks, BLOCKS);
    snapshot_read_end(other);
    /* Locked: an answer, at once. */
    assert_int_equal(snapshot_write_begin(first, &fx->err), ST_OK);
    assert_int_equal(snapshot_save(other, span_of("a"), span_of("{}"), 1, &fx->err), ST_IO);
    assert_memory_equal(fx->err.what, "busy", 4);
    assert_int_equal(snapshot_write_end(first, &fx->err), ST_OK);
    assert_int_equal(snapshot_save(other, span_of("a"), span_of("{}"), 1, &fx->err), ST_OK);
    snapshot_close(first);
    fx->s = other;
    assert_true(snapshot_writer(other));
    assert_int_equal(read_all(fx, 2), ST_OK);
}

/* F21: no room: the slice is taken back, the old list stays, and it works again later. */
static void test_f21_full_disk(void **state)
{
    struct fixture *fx = *state;
    struct snapshot_block blocks[BLOCKS];
    struct rlimit old, small = {4096, RLIM_INFINITY};
    write_generation(fx, 1);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    enum status st = write_blocks(fx, 2, blocks);
    enum status reading = read_all(fx, 1);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(st, ST_IO);
    assert_int_equal(reading, ST_OK);
    write_generation(fx, 3);
    assert_int_equal(read_all(fx, 3), ST_OK);
}

/* F22: bytes turned over anywhere in the file: the list is whole, or it is said to be spoiled and a
 * new one is begun; never another list, never a crash. */
static void test_f22_corruption_anywhere(void **state)
{
    struct fixture *fx = *state;
    struct str path = STR_INIT, good = STR_INIT;
    write_generation(fx, 1);
    snapshot_close(fx->s);
    fx->s = NULL;
    find_file(fx, &path);
    size_t at = strlen(fx->dir->path) + 1;
    assert_true(tmpdir_read(fx->dir, path.data + at, &good));
    unsigned seed = 5;
    int spoiled = 0, whole = 0;
    for (int round = 0; round < 150; round++) {
        int fd = open(path.data, O_WRONLY | O_TRUNC);
        assert_int_equal(write(fd, good.data, good.len), (ssize_t)good.len);
        for (int i = 0; i < 3; i++) {
            seed = seed * 1664525u + 1013904223u;
            char byte = (char)(seed >> 24);
            assert_int_equal(pwrite(fd, &byte, 1, (off_t)(seed / 7 % good.len)), 1);
        }
        close(fd);
        if (snapshot_open(&fx->s, fx->cache.data, ORIGIN, "org_1", clock_from_manual(&fx->manual),
                          &fx->err) != ST_OK) {
            spoiled++;
            continue;
        }
        enum status st = read_all(fx, 1);
        if (st == ST_OK || st == ST_NOT_FOUND) /* as keep does: what is read is sound by itself */
            st = snapshot_check(fx->s, &fx->err) == ST_OK ? st : ST_PARSE;
        whole += st == ST_OK;
        spoiled += st != ST_OK;
        if (st != ST_OK && st != ST_NOT_FOUND) {
            assert_int_equal(snapshot_set_aside(fx->s, &fx->err), ST_OK);
            assert_non_null(strstr(snapshot_note(fx->s), "corrupt"));
            assert_int_equal(read_all(fx, 1), ST_NOT_FOUND);
        }
        write_generation(fx, 2);
        assert_int_equal(read_all(fx, 2), ST_OK);
        snapshot_close(fx->s);
        fx->s = NULL;
    }
    assert_true(spoiled > 0 && whole > 0);
    str_finish(&path);
    str_finish(&good);
    reopen(fx);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_none_then_one_then_another),
        TEST(test_f29_killed_in_a_generation),
        TEST(test_old_blocks_go),
        TEST(test_single_records_lie_above),
        TEST(test_each_server_and_org_has_its_own),
        TEST(test_f23_second_process),
        TEST(test_f21_full_disk),
        TEST(test_f22_corruption_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
