/* plain_pairs_test.c: what is plain is read whole and in order; anything else is refused, so that
 * the general reader takes it; the compiled-in keys.cfg is plain. */
#include "keys/plain_pairs.h"

#include "base/vec.h"
#include "config/embedded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct heard {
    struct str words;
    size_t count, most; /* most: after so many no more is taken */
};

static bool hear(void *ctx, const struct plain_pair *pair)
{
    struct heard *h = ctx;
    if (h->count++ == h->most)
        return false;
    str_add_span(&h->words, pair->context);
    str_add_char(&h->words, ' ');
    str_add_span(&h->words, pair->key);
    str_add_char(&h->words, ' ');
    str_add_span(&h->words, pair->action);
    str_add_char(&h->words, '\n');
    return true;
}

static bool read_text(const char *text, struct heard *h)
{
    *h = (struct heard){STR_INIT, 0, SIZE_MAX};
    return plain_pairs_read(span_of(text), hear, h);
}

static void test_plain(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "# one\n\na = (\n    ( \"j\", \"down\" ),\n    ( \"#\", \"up\" )\n);\nb-2 = (\n"
        "( \"(\", \"x\" )\n);\n",
        "a=(\n(\"j\",\"down\"),\n\t# between\n(\"#\",\"up\")\n)  ;\n  b-2 =(\n(\"(\" , \"x\")\n);",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct heard h;
        assert_true(read_text(texts[i], &h));
        assert_string_equal(str_text(&h.words), "a j down\na # up\nb-2 ( x\n");
        str_finish(&h.words);
    }
}

static void test_not_plain(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a = (\n( \"j\", \"down\" )\n",                        /* no end */
        "a = (\n( \"j\", \"down\" ),\n);\n",                   /* a comma before the end */
        "a = (\n( \"j\", \"down\" )\n( \"k\", \"up\" )\n);\n", /* no comma between */
        "a = (\n);\n",                                         /* no pair */
        "a = ( ( \"j\", \"down\" ) );\n",                      /* on one line */
        "a = (\n( \"\\\"\", \"down\" )\n);\n",                 /* an escape */
        "a = (\n( \"j\", \"down\" ) # why\n);\n",              /* a comment behind */
        "a = (\n( \"j\", \"down\", \"up\" )\n);\n",            /* three */
        "a = (\n( \"j\" )\n);\n",                              /* one */
        "a = (\n( \"j\", down )\n);\n",                        /* no text */
        "a = (\n( \"j\", \"down\" )\n)\n",                     /* no semicolon */
        "a = (\n( \"j\", \"down\" )\n); x\n",                  /* something behind */
        "a = [\n( \"j\", \"down\" )\n];\n",                    /* an array */
        "@include \"x\"\n",
        "A = (\n( \"j\", \"down\" )\n);\n", /* neither is a context's name */
        "// a\n",
        "a = (\n( \"j\", \"down\" )\n);\n/* b */\n",
        ");\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct heard h;
        if (read_text(texts[i], &h))
            fail_msg("taken: %s", texts[i]);
        str_finish(&h.words);
    }
}

static void test_refused_pair(void **state)
{
    (void)state;
    struct heard h = {STR_INIT, 0, 1};
    assert_false(plain_pairs_read(
        span_of("a = (\n(\"j\", \"down\"),\n(\"k\", \"up\"),\n(\"l\", \"x\")\n);\n"), hear, &h));
    assert_int_equal(h.count, 2);
    assert_string_equal(str_text(&h.words), "a j down\n");
    str_finish(&h.words);
}

static void test_ours(void **state)
{
    (void)state;
    const struct embedded *e = embedded_files;
    while (strcmp(e->path, "config/keys.cfg") != 0)
        e++;
    struct heard h;
    assert_true(read_text(e->text, &h));
    assert_true(h.count > 300);
    str_finish(&h.words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_not_plain),
        cmocka_unit_test(test_refused_pair),
        cmocka_unit_test(test_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
