/* file_test.c: a plan as a file: what was written is read, and what was cut or edited at any
 * byte is refused with its place. It covers file.c and file_line.c. */
#include "plan/file.h"

#include "base/mem.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void decode(struct account *a, const char *json)
{
    struct error err;
    if (account_decode(a, span_of(json), &err))
        fail_msg("%s", err.what);
}

/* An update with odd values, a create, a delete, one skipped, one the same. */
static struct plan *make(void)
{
    const struct plan_head head = {.id = "AB12CD34",
                                   .origin = "https://gw.example.net",
                                   .org = "org \"x\"",
                                   .profile = "prod",
                                   .by = "me@host",
                                   .reason = "because\n\\ it \xc3\xa9",
                                   .title = "rate.rps x2",
                                   .made_wall_ms = 1760968927000};
    struct plan *p = plan_create(&head);
    struct account before, after;
    account_init(&before);
    account_init(&after);
    decode(&before, "{\"provider_account_id\":\"a1\",\"name\":\"n\\u00e9\\\"1\",\"region\":7,"
                    "\"quota_policy\":{\"max_tokens_per_month\":9007199254740993,"
                    "\"max_requests_per_month\":1e30,\"current_month_tokens\":9e18},"
                    "\"rate_limit_policy\":{\"requests_per_minute\":100,\"requests_per_second\":1},"
                    "\"tags\":{\"a\":\"b\"}}");
    account_copy(&after, &before);
    struct value v = value_int(90);
    account_set(&after, FIELD_RPS, &v);
    plan_add(p, &before, &after, "desc: no text");
    plan_add(p, NULL, &after, NULL);
    plan_add(p, &before, NULL, NULL);
    plan_skip(p, span_of("a9"), span_of("nine"), "gone meanwhile");
    plan_add(p, &before, &before, NULL);
    account_finish(&before);
    account_finish(&after);
    return p;
}

static bool same_items(const struct plan *a, const struct plan *b)
{
    if (a->count != b->count || memcmp(&a->head, &b->head, sizeof a->head) != 0 ||
        memcmp(a->states, b->states, sizeof a->states) != 0 ||
        memcmp(a->totals, b->totals, sizeof a->totals) != 0 || a->warned != b->warned)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct plan_item *x = &a->items[i], *y = &b->items[i];
        if (x->kind != y->kind || x->state != y->state || x->needs_name != y->needs_name ||
            !span_eq(x->name, y->name) || !span_eq(x->before, y->before) ||
            !span_eq(x->target, y->target) || !span_eq(x->note, y->note) ||
            !span_eq(x->id, y->id) || x->warning_count != y->warning_count)
            return false;
        for (uint32_t k = 0; k < x->warning_count; k++)
            if (x->warnings[k].field != y->warnings[k].field ||
                strcmp(x->warnings[k].text, y->warnings[k].text) != 0)
                return false;
    }
    return true;
}

static void test_read_as_written(void **state)
{
    struct plan *p = make(), *back;
    struct str text = STR_INIT, again = STR_INIT;
    struct error err;
    (void)state;
    assert_true(p->items[0].warning_count > 0);
    plan_file_text(p, &text);
    if (plan_file_parse("x.plan", span_from(&text), &back, &err) != ST_OK)
        fail_msg("%s\n%s", err.what, text.data);
    assert_true(same_items(p, back));
    assert_non_null(strstr(back->items[0].before.p, "9007199254740993"));
    assert_non_null(strstr(back->items[0].before.p, "1e30"));
    plan_file_text(back, &again);
    assert_string_equal(text.data, again.data);
    plan_destroy(back);
    /* What was applied meanwhile is, as a plan, still to be done. */
    plan_mark(p, 0, PLAN_APPLIED, 7, "");
    plan_item_created(p, 1, "pa_new");
    str_clear(&again);
    plan_file_text(p, &again);
    assert_null(strstr(again.data, "applied"));
    assert_null(strstr(again.data, "pa_new"));
    plan_destroy(p);
    str_finish(&text);
    str_finish(&again);
}

static void test_an_empty_plan(void **state)
{
    const struct plan_head head = {.id = "AB12CD34"};
    struct plan *p = plan_create(&head), *back;
    struct str text = STR_INIT;
    struct error err;
    (void)state;
    plan_file_text(p, &text);
    assert_int_equal(plan_file_parse("x", span_from(&text), &back, &err), ST_OK);
    assert_int_equal(back->count, 0);
    plan_destroy(back);
    plan_destroy(p);
    str_finish(&text);
}

/* Cut after every byte: refused, and it says that it is cut, or where it is wrong. */
static void test_cut_at_each_byte(void **state)
{
    struct plan *p = make(), *back;
    struct str text = STR_INIT;
    struct error err;
    (void)state;
    plan_file_text(p, &text);
    for (size_t len = 0; len < text.len; len++) {
        back = NULL;
        if (plan_file_parse("x.plan", (struct span){text.data, len}, &back, &err) != ST_CONFIG)
            fail_msg("cut after byte %zu it is taken", len);
        assert_null(back);
        assert_non_null(strstr(err.what, "x.plan:"));
        if (len > 0 && text.data[len - 1] == '\n')
            assert_non_null(strstr(err.what, "cut short after line"));
    }
    plan_destroy(p);
    str_finish(&text);
}

static unsigned line_of(const struct str *text, size_t at)
{
    unsigned line = 1;
    for (size_t i = 0; i < at; i++)
        line += text->data[i] == '\n';
    return line;
}

/* Another byte in each place, one more, one less: refused at that line, or the one after. */
static void test_edited_at_each_byte(void **state)
{
    struct plan *p = make(), *back;
    struct str text = STR_INIT;
    (void)state;
    plan_file_text(p, &text);
    for (size_t at = 0; at < text.len; at++) {
        for (int how = 0; how < 3; how++) {
            struct str edited = STR_INIT;
            struct error err;
            unsigned line = 0;
            str_add_span(&edited, span_from(&text));
            if (how == 0)
                edited.data[at] ^= 1;
            else
                str_splice(&edited, at, how == 1, "7", how == 2);
            if (span_eq(span_from(&edited), span_from(&text))) {
                str_finish(&edited);
                continue;
            }
            if (plan_file_parse("x.plan", span_from(&edited), &back, &err) != ST_CONFIG)
                fail_msg("edited at byte %zu (%d) it is taken", at, how);
            bool placed = sscanf(err.what, "x.plan:%u:", &line) == 1 ||
                          sscanf(err.what, "x.plan: cut short after line %u", &line) == 1;
            unsigned there = line_of(&text, at);
            if (!placed || line > there + 1 || line + 1 < there)
                fail_msg("edited at line %u (%d): %s", there, how, err.what);
            str_finish(&edited);
        }
    }
    plan_destroy(p);
    str_finish(&text);
}

static void test_lines_that_moved(void **state)
{
    struct plan *p = make(), *back;
    struct str text = STR_INIT, mixed = STR_INIT;
    struct error err;
    char *lines[10];
    size_t count = 0;
    (void)state;
    plan_file_text(p, &text);
    for (char *l = strtok(text.data, "\n"); l; l = strtok(NULL, "\n"))
        lines[count++] = l;
    assert_int_equal(count, 7);
    for (size_t gone = 0; gone < count; gone++) {
        str_clear(&mixed);
        for (size_t i = 0; i < count; i++)
            if (i != gone)
                str_printf(&mixed, "%s\n", lines[i]);
        assert_int_equal(plan_file_parse("x", span_from(&mixed), &back, &err), ST_CONFIG);
    }
    str_clear(&mixed);
    str_printf(&mixed, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n", lines[0], lines[2], lines[1], lines[3],
               lines[4], lines[5], lines[6]);
    assert_int_equal(plan_file_parse("x", span_from(&mixed), &back, &err), ST_CONFIG);
    assert_non_null(strstr(err.what, "x:2: edited"));
    plan_destroy(p);
    str_finish(&text);
    str_finish(&mixed);
}

static void test_other_files(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "cut short"},
        {"\n", "x:1: not a plan"},
        {"{}\n", "x:1: not a plan"},
        {"[]\n[]\n", "x:1: not a plan"},
        {"{\"paddock_plan\":2,\"id\":\"x\",\"sum\":\"0123456789abcdef\",\"items\":[\n",
         "x:1: made by a newer paddock"},
        {"{\"paddock_plan\":1,\"id\":\"x\",\"sum\":\"0123456789abcdef\",\"items\":[\n",
         "x:1: edited"},
    };
    struct plan *back;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(plan_file_parse("x", span_of(bad[i].text), &back, &err), ST_CONFIG);
        if (!strstr(err.what, bad[i].says))
            fail_msg("\"%s\", not \"%s\"", err.what, bad[i].says);
    }
}

static void test_whose_it_is(void **state)
{
    struct plan *p = make();
    struct error err;
    (void)state;
    struct plan_place here = {"https://gw.example.net", "org \"x\"", ""};
    assert_int_equal(plan_belongs(p, &here, &err), ST_OK);
    here.org = "other";
    assert_int_equal(plan_belongs(p, &here, &err), ST_CONFLICT);
    assert_non_null(strstr(err.what, "other"));
    here = (struct plan_place){"https://gw2.example.net", "org \"x\"", p->head.profile};
    assert_int_equal(plan_belongs(p, &here, &err), ST_CONFLICT);
    /* The same place under another name: refused, with the way round it. */
    snprintf(p->head.profile, sizeof p->head.profile, "alpha");
    snprintf(p->head.label, sizeof p->head.label, "PROD");
    here = (struct plan_place){"https://gw.example.net", "org \"x\"", "beta"};
    assert_int_equal(plan_belongs(p, &here, &err), ST_CONFLICT);
    assert_non_null(strstr(err.what, "alpha (PROD), this is profile beta"));
    assert_non_null(strstr(err.next, "--other-profile"));
    assert_true(plan_of_other_profile(p, "beta"));
    here.profile = "alpha";
    assert_int_equal(plan_belongs(p, &here, &err), ST_OK);
    p->head.profile[0] = '\0'; /* made without a profile: of that place, whatever it is called */
    here.profile = "beta";
    assert_int_equal(plan_belongs(p, &here, &err), ST_OK);
    plan_destroy(p);
}

static void test_on_disk(void **state)
{
    struct plan *p = make(), *back;
    struct error err;
    struct stat st;
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/tmp/paddock-plan-%ld", (long)getpid());
    assert_int_equal(plan_file_read(path, &back, &err), ST_IO);
    assert_int_equal(plan_file_write(p, path, &err), ST_OK);
    assert_int_equal(plan_file_write(p, path, &err), ST_OK); /* over the old one */
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(plan_file_read(path, &back, &err), ST_OK);
    assert_true(same_items(p, back));
    plan_destroy(back);
    unlink(path);
    assert_int_equal(plan_file_write(p, "/nowhere/at/all", &err), ST_IO);
    assert_int_equal(plan_file_read("/tmp", &back, &err), ST_IO);
    plan_destroy(p);
}

/* A pipe or a device is written to and stays what it is: renamed over, /dev/stdout was a file. */
static void test_no_file(void **state)
{
    char path[64];
    struct error err;
    struct stat st;
    struct plan *p = make();
    struct str text = STR_INIT;
    char got[65536];
    (void)state;
    snprintf(path, sizeof path, "/tmp/plan_file_test.fifo.%ld", (long)getpid());
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_int_equal(plan_file_write(p, path, &err), ST_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    plan_file_text(p, &text);
    assert_int_equal(read(fd, got, sizeof got), (long)text.len);
    assert_memory_equal(got, text.data, text.len);
    close(fd);
    unlink(path);
    str_finish(&text);
    plan_destroy(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_as_written),  cmocka_unit_test(test_an_empty_plan),
        cmocka_unit_test(test_cut_at_each_byte), cmocka_unit_test(test_edited_at_each_byte),
        cmocka_unit_test(test_lines_that_moved), cmocka_unit_test(test_other_files),
        cmocka_unit_test(test_whose_it_is),      cmocka_unit_test(test_on_disk),
        cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
