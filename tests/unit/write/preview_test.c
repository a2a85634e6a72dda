/* preview_test.c: a write in words: what changes, what is somebody else's, what looks wrong, and
 * the same as a command that a shell takes; the secret is in none of it. */
#include "machine_rig.h"

#include "plan/ops.h"

static void test_preview_words(void **state)
{
    struct fixture *fx = *state;
    struct preview p;
    struct str text = STR_INIT;
    const struct preview_options options = {.profile = "prod"};
    preview_init(&p);
    struct write *w = update_to_preview(fx);
    preview_make(&p, w, &fx->api, &options);
    assert_int_equal(p.count, 1);
    assert_string_equal(p.fields[0].old, "80 requests/s");
    assert_string_equal(p.fields[0].now, "120 requests/s");
    assert_string_equal(str_text(&p.command), "paddock -p prod set pa_1 rate.rps=120");
    assert_non_null(strstr(str_text(&p.curl), "requests_per_second"));
    const struct preview_options begun = {.profile = "prod", .flags = " --config my.cfg"};
    preview_make(&p, w, &fx->api, &begun);
    assert_string_equal(str_text(&p.command),
                        "paddock -p prod --config my.cfg set pa_1 rate.rps=120");
    preview_text(&p, w, &text);
    assert_non_null(strstr(text.data, "update  az-gpt (pa_1)\n  rate_limit_policy\n"
                                      "-   requests_per_second"));
    assert_non_null(
        strstr(text.data, "\n$ paddock -p prod --config my.cfg set pa_1 rate.rps=120\n$ curl "));
    write_close(w);
    turn(fx);

    w = start(fx, JOURNAL_CREATE, NULL, NEW_ACCOUNT);
    preview_make(&p, w, &fx->api, &options);
    assert_null(strstr(str_text(&p.command), "vault/n"));
    assert_null(strstr(str_text(&p.curl), "vault/n"));
    /* Copied and run it stops for want of the variable, and never sends asterisks. */
    assert_non_null(strstr(str_text(&p.command), "printf %s '{"));
    assert_non_null(
        strstr(str_text(&p.command), "\"credentials_ref\":\"'\"${CREDENTIALS_REF:?}\"'\""));
    assert_non_null(strstr(str_text(&p.curl), "'\"${CREDENTIALS_REF:?}\"'"));
    assert_null(strstr(str_text(&p.command), "****"));
    assert_null(strstr(str_text(&p.curl), "****"));
    str_clear(&text);
    preview_text(&p, w, &text);
    assert_null(strstr(text.data, "vault/n"));
    const struct preview_options reveal = {.profile = "", .reveal = true};
    preview_make(&p, w, &fx->api, &reveal);
    assert_string_equal(str_text(&p.command), "printf %s '" NEW_ACCOUNT "' | paddock create -f -");
    write_close(w);

    w = start(fx, JOURNAL_DELETE, before(), NULL);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    preview_make(&p, w, &fx->api, &options);
    assert_true(p.needs_name);
    assert_string_equal(str_text(&p.command), "paddock -p prod delete pa_1");
    write_close(w);
    preview_finish(&p);
    str_finish(&text);
}

static void test_shell_words(void **state)
{
    (void)state;
    static const char *const words[][2] = {
        {"rate.rps=120", "rate.rps=120"},
        {"", "''"},
        {"a b", "'a b'"},
        {"it's", "'it'\\''s'"},
        {"$(x)", "'$(x)'"},
        {"a\nb'c", "$'a\\nb\\'c'"},
        {"\033\\", "$'\\033\\\\'"},
        {"\xe2\x80\xae", "$'\\342\\200\\256'"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct str out = STR_INIT;
        shell_word(&out, span_of(words[i][0]));
        assert_string_equal(out.data, words[i][1]);
        str_finish(&out);
    }
}

/* Broken between words alone: what a shell makes of the lines is what it makes of the one. */
static void test_shell_lines(void **state)
{
    static const char *const commands[][2] = {
        {"paddock set pa_1 rate.rps=1", "paddock set pa_1 \\\n  rate.rps=1"},
        {"paddock", "paddock"},
        {"a 'b c d e f g h i j k l m'", "a \\\n  'b c d e f g h i j k l m'"},
        {"a 'it'\\''s so' $'x\\' y\\\\' \"$q r\" z",
         "a 'it'\\''s so' \\\n  $'x\\' y\\\\' \\\n  \"$q r\" z"},
        {"a $'5 $ b c d e f g h i\\n' z", "a \\\n  $'5 $ b c d e f g h i\\n' \\\n  z"},
        {"\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97 bbbbbbbbb c",
         "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97 bbbbbbbbb \\\n  c"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        struct str out = STR_INIT;
        shell_lines(&out, span_of(commands[i][0]), 20);
        assert_string_equal(str_text(&out), commands[i][1]);
        str_finish(&out);
    }
}

static void preview_of(struct fixture *fx, struct write *w, struct preview *p, struct str *text)
{
    const struct preview_options options = {.profile = "my prod"};
    preview_init(p);
    preview_make(p, w, &fx->api, &options);
    preview_text(p, w, text);
}

/* Whatever the server calls an account: pasted into a shell it is one word. */
static void test_the_command_for_a_shell(void **state)
{
    struct str out = STR_INIT;
    (void)state;
    shell_paddock(&out, "my prod", " --config my.cfg", "get", span_of("pa_1; rm -rf $HOME"));
    assert_string_equal(str_text(&out),
                        "paddock -p 'my prod' --config my.cfg get 'pa_1; rm -rf $HOME'");
    str_clear(&out);
    shell_paddock(&out, "", NULL, "create -f -", span_of(""));
    assert_string_equal(str_text(&out), "paddock create -f -");
    str_finish(&out);
}

/* What somebody else changed meanwhile is shown, and is not part of what is sent. */
static void test_what_others_changed(void **state)
{
    struct fixture *fx = *state;
    struct preview p;
    struct str text = STR_INIT;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), wanted());
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), account_json("pa_1", "renamed\\u001b", RATE_80));
    preview_of(fx, w, &p, &text);
    assert_int_equal(p.count, 2);
    assert_int_equal(p.sent, 1);
    assert_true(p.fields[0].theirs);
    assert_string_equal(p.fields[0].old, "az-gpt");
    assert_non_null(strstr(str_text(&text), "~ name"));
    assert_non_null(strstr(str_text(&text), "renamed^["));
    assert_null(strchr(str_text(&text), '\033'));
    assert_string_equal(str_text(&p.command), "paddock -p 'my prod' set pa_1 rate.rps=120");
    preview_finish(&p);
    write_close(w);
    str_finish(&text);
}

/* None is a word, a secret is a mask, in the command as in the lines. */
static void test_none_and_secrets_in_the_command(void **state)
{
    struct fixture *fx = *state;
    static const char want[] =
        "{\"provider_account_id\":\"pa_1\",\"name\":\"az gpt\",\"tags\":null,"
        "\"description\":\"a\\u202e\\nb\",\"credentials_ref\":\"vault/other\","
        "\"rate_limit_policy\":{\"requests_per_second\":null}}";
    struct preview p;
    struct str text = STR_INIT;
    struct write *w = start(fx, JOURNAL_UPDATE, before(), want);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    preview_of(fx, w, &p, &text);
    assert_null(strstr(str_text(&p.command), "vault/"));
    assert_null(strstr(str_text(&p.curl), "vault/"));
    assert_null(strstr(str_text(&text), "vault/"));
    assert_non_null(strstr(str_text(&p.command), " 'name=az gpt'"));
    assert_non_null(strstr(str_text(&p.command), " rate.rps=none"));
    assert_non_null(strstr(str_text(&p.command), " tags=none"));
    assert_non_null(strstr(str_text(&p.command), " credentials=\"${CREDENTIALS_REF:?}\""));
    assert_null(strstr(str_text(&p.command), "****"));
    assert_non_null(strstr(str_text(&p.command), " 'desc=\"a\\u202e\\nb\"'"));
    assert_non_null(strstr(str_text(&p.curl), "\"description\":\"a\\u202e\\nb\""));
    const struct preview_options reveal = {.reveal = true};
    preview_make(&p, w, &fx->api, &reveal);
    assert_non_null(strstr(str_text(&p.command), "paddock set pa_1 "));
    assert_non_null(strstr(str_text(&p.command), "=vault/other"));
    assert_non_null(strstr(str_text(&p.curl), "vault/other"));
    preview_finish(&p);
    write_close(w);
    str_finish(&text);
}

/* A key in the place of a reference: in no command, but where it is asked for by itself. */
static void test_a_key_in_the_commands(void **state)
{
    struct fixture *fx = *state;
    static const char key[] = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF";
    char want[200];
    struct preview p;
    struct preview_options options = {.reveal = true};
    preview_init(&p);
    snprintf(want, sizeof want, "{\"provider_account_id\":\"pa_1\",\"credentials_ref\":\"%s\"}",
             key);
    struct write *w = start(fx, JOURNAL_UPDATE, before(), want);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
    for (int asked = 0; asked < 2; asked++) {
        options.keys = asked;
        preview_make(&p, w, &fx->api, &options);
        assert_int_equal(strstr(str_text(&p.command), key) != NULL, asked);
        assert_int_equal(strstr(str_text(&p.curl), key) != NULL, asked);
        assert_null(strstr(p.fields[0].now, key));
    }
    preview_finish(&p);
    write_close(w);
}

/* A text that `set` would read as something to be done to the old one is in quotes. */
static void test_a_text_like_a_change_in_the_command(void **state)
{
    struct fixture *fx = *state;
    static const char *const texts[][2] = {
        {"s|d|x|", " 'desc=\"s|d|x|\"'"},
        {"s/d/x/g", " 'desc=\"s/d/x/g\"'"},
        {"s", " desc=s"},
        {"spare, for s|d|x|", " 'desc=spare, for s|d|x|'"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct preview p;
        struct plan_ops ops;
        struct error err;
        struct account mine;
        struct str text = STR_INIT, want = STR_INIT, skipped = STR_INIT;
        str_printf(&want, "{\"provider_account_id\":\"pa_1\",\"description\":\"%s\"}", texts[i][0]);
        struct write *w = start(fx, JOURNAL_UPDATE, before(), want.data);
        fake_ok(fake_last(&fx->api, ENDPOINT_READ), before());
        preview_of(fx, w, &p, &text);
        const char *at = strstr(str_text(&p.command), texts[i][1]);
        assert_non_null(at);
        /* And read as the command line reads it. */
        struct str word = STR_INIT;
        for (const char *c = texts[i][1] + 1; *c; c++)
            if (*c != '\'')
                str_add_char(&word, *c);
        plan_ops_init(&ops);
        account_init(&mine);
        account_copy(&mine, write_server(w));
        assert_int_equal(plan_ops_setting(&ops, str_text(&word), &err), ST_OK);
        assert_int_equal(plan_ops_apply(&ops, &mine, 0, &skipped, &err), ST_OK);
        assert_true(span_is(mine.v[FIELD_DESCRIPTION].text, texts[i][0]));
        account_finish(&mine);
        plan_ops_finish(&ops);
        preview_finish(&p);
        write_close(w);
        turn(fx);
        str_finish(&word);
        str_finish(&text);
        str_finish(&want);
        str_finish(&skipped);
    }
}

static void test_a_warning_that_asks_for_the_name(void **state)
{
    struct fixture *fx = *state;
    static const char was[] = "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","
                              "\"quota_policy\":{\"max_tokens_per_month\":100}}";
    static const char want[] = "{\"provider_account_id\":\"pa_1\",\"name\":\"n\","
                               "\"quota_policy\":{\"max_tokens_per_month\":1000}}";
    struct preview p;
    struct str text = STR_INIT;
    struct write *w = start(fx, JOURNAL_UPDATE, was, want);
    fake_ok(fake_last(&fx->api, ENDPOINT_READ), was);
    preview_of(fx, w, &p, &text);
    assert_true(p.needs_name);
    assert_non_null(strstr(str_text(&text), "\n! quota.tokens: 10 times more: the name"));
    preview_finish(&p);
    write_close(w);
    str_finish(&text);
}

static void test_verbs(void **state)
{
    (void)state;
    assert_string_equal(write_verb(JOURNAL_CREATE), "create");
    assert_string_equal(write_verb(JOURNAL_UPDATE), "update");
    assert_string_equal(write_verb(JOURNAL_DELETE), "delete");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_preview_words),
        cmocka_unit_test(test_shell_words),
        cmocka_unit_test(test_shell_lines),
        TEST(test_the_command_for_a_shell),
        TEST(test_what_others_changed),
        TEST(test_none_and_secrets_in_the_command),
        TEST(test_a_key_in_the_commands),
        TEST(test_a_text_like_a_change_in_the_command),
        TEST(test_a_warning_that_asks_for_the_name),
        TEST(test_verbs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
