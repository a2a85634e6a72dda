/* input_test.c: bytes to keys, however the reads cut them, and garbage. */
#include "tui/input.h"

#include "base/mem.h"
#include "base/vec.h"
#include "tui/input_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every key by its name, spaces between; a paste as paste(text). */
static void note(void *ctx, const struct key *key)
{
    struct str *out = ctx;
    str_add(out, out->len ? " " : "");
    key_show(out, key);
    if (key->sym == KEYSYM_PASTE) {
        str_add_char(out, '(');
        str_add_span(out, key->paste);
        str_add_char(out, ')');
    }
}

/* Fed in two pieces, cut at `cut`, then flushed. */
static void feed_cut(struct str *out, const char *bytes, size_t len, size_t cut)
{
    struct input *in = input_create(NULL, 25, note, out);
    input_define(in, KEYSYM_F1, 0, "\033[[A");
    input_define(in, KEYSYM_BACKSPACE, 0, "\b"); /* ignored: a single byte */
    input_feed(in, bytes, cut);
    input_feed(in, bytes + cut, len - cut);
    input_flush(in);
    input_destroy(in);
}

static const struct {
    const char *bytes, *keys;
} cases[] = {
    {"jG", "j G"},
    {"a b", "a Space b"},
    {"\r\t\x7f\b", "Enter Tab Backspace Backspace"},
    {"\x04\x15\x1a\x03", "^D ^U ^Z ^C"},
    {"\033[A\033[B\033OC\033OD", "Up Down Right Left"},
    {"\033[5~\033[6~\033[H\033[F\033[1~\033[4~\033[7~\033[8~",
     "PageUp PageDown Home End Home End Home End"},
    {"\033[2~\033[3~", "Insert Delete"},
    {"\033OP\033OQ\033[15~\033[24~\033[[B\033[[A", "F1 F2 F5 F12 F2 F1"},
    {"\033[Z", "S-Tab"},
    {"\033[1;5D\033[1;2A\033[1;3B\033[3;5~\033[1;6C", "C-Left S-Up M-Down C-Delete C-S-Right"},
    {"\033Oa\033[a\033[7$\033[8^", "C-Up S-Up S-Home C-End"},
    {"\033\033[A", "M-Up"},
    {"\033x\033\x7f", "M-x M-Backspace"},
    {"\033", "Esc"},
    {"\033\033", "Esc Esc"},
    {"\033[", "M-["},
    {"\033[27;5;13~\033[97;5u\033[27u", "C-Enter ^A Esc"},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82x", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82 x"},
    {"a\xffz", "a z"}, /* not UTF-8 */
    {"\xc2\x9b"
     "31m",
     "3 1 m"},                            /* a C1 control is no key */
    {"\033[?1;2cx", "x"},                 /* an answer nobody asked for */
    {"\033[<0;10;20Mx\033[M !!y", "x y"}, /* a mouse, both ways */
    {"\033[I\033[Ox", "x"},               /* focus */
    {"\033[24;80Rx", "x"},                /* where the cursor is */
    {"\033]2;title\007x\033P1$r0m\033\\y", "x y"},
    {"\033]11;rgb\003x", "^C x"}, /* an answer that broke off does not lock the keys */
    {"\033[200~ab\rq\033[A\033[201~c", "paste(ab\rq\033[A) c"},
    {"\033[200~\033[201\033[201~", "paste(\033[201)"},
    {"\033[201~x", "x"},
    {"\033Oj\033Op\033OM", "* 0 Enter"},
    {"\033[1\001j", "^A j"}, /* a control inside ends a sequence */
};

static void test_all_cuts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t len = strlen(cases[i].bytes);
        for (size_t cut = 0; cut <= len; cut++) {
            struct str out = STR_INIT;
            feed_cut(&out, cases[i].bytes, len, cut);
            if (strcmp(str_text(&out), cases[i].keys) != 0)
                fail_msg("case %zu cut at %zu: \"%s\", wanted \"%s\"", i, cut, str_text(&out),
                         cases[i].keys);
            str_finish(&out);
        }
    }
}

static void test_byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = STR_INIT;
        struct input *in = input_create(NULL, 25, note, &out);
        for (const char *p = cases[i].bytes; *p; p++)
            input_feed(in, p, 1);
        input_flush(in);
        assert_string_equal(str_text(&out), cases[i].keys);
        input_destroy(in);
        str_finish(&out);
    }
}

static void test_escape_waits(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    struct clock_manual manual = {0};
    struct loop *loop = loop_create(clock_from_manual(&manual));
    struct input *in = input_create(loop, 25, note, &out);
    input_feed(in, "\033", 1);
    manual.mono_ms = 24;
    loop_step(loop, 0);
    assert_string_equal(str_text(&out), "");
    manual.mono_ms = 25;
    loop_step(loop, 0);
    assert_string_equal(str_text(&out), "Esc");
    input_feed(in, "\033", 1);
    input_feed(in, "[A", 2);
    manual.mono_ms = 100;
    loop_step(loop, 0);
    assert_string_equal(str_text(&out), "Esc Up");
    input_destroy(in);
    loop_destroy(loop);
    str_finish(&out);
}

static void test_large_paste_is_cut(void **state)
{
    (void)state;
    struct str bytes = STR_INIT, out = STR_INIT;
    str_add(&bytes, "\033[200~");
    str_fill(&bytes, 'p', INPUT_PASTE_MAX + 5000);
    str_add(&bytes, "\033[201~j");
    struct input *in = input_create(NULL, 25, note, &out);
    for (size_t at = 0; at < bytes.len; at += 4000)
        input_feed(in, bytes.data + at, bytes.len - at < 4000 ? bytes.len - at : 4000);
    assert_int_equal(out.len, strlen("paste() j") + INPUT_PASTE_MAX);
    assert_string_equal(out.data + out.len - 3, ") j");
    input_destroy(in);
    str_finish(&bytes);
    str_finish(&out);
}

/* Whatever comes, in whatever pieces: it comes back, and an Esc, a broken answer or a paste that
 * ended leaves the keys working. */
static void test_garbage(void **state)
{
    (void)state;
    static const char liked[] = "\033[]O;0123456789~ABMPZ$?<\r\xc3\xa9\xff\007\\ ";
    uint32_t seed = 1;
    for (int round = 0; round < 300; round++) {
        struct str out = STR_INIT;
        struct input *in = input_create(NULL, 25, note, &out);
        for (int piece = 0; piece < 40; piece++) {
            char bytes[24];
            size_t len = 0;
            for (; len < sizeof bytes; len++) {
                seed = seed * 1103515245u + 12345u;
                uint32_t r = seed >> 16;
                bytes[len] = r % 8 ? liked[r % (sizeof liked - 1)] : (char)(r >> 8);
            }
            input_feed(in, bytes, len);
            if (seed & 0x40000)
                input_flush(in);
        }
        input_feed(in, "\033[201~\033\\\003", 9);
        str_clear(&out);
        input_feed(in, "\003k", 2);
        input_flush(in);
        assert_string_equal(str_text(&out), "^C k");
        input_destroy(in);
        str_finish(&out);
    }
}

static const char *lookup(void *ctx, const char *cap)
{
    (void)ctx;
    return strcmp(cap, "kcuu1") == 0 ? "\033x" : strcmp(cap, "kf3") == 0 ? "\033[25~" : NULL;
}

static void test_description_wins(void **state)
{
    (void)state;
    struct str out = STR_INIT;
    struct input *in = input_create(NULL, 25, note, &out);
    input_define_all(in, lookup, NULL);
    input_feed(in, "\033x\033[25~\033[A", 10);
    assert_string_equal(str_text(&out), "Up F3 Up");
    input_destroy(in);
    str_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_cuts),     cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_escape_waits), cmocka_unit_test(test_large_paste_is_cut),
        cmocka_unit_test(test_garbage),      cmocka_unit_test(test_description_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
