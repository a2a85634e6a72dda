/* console_rig.c: see console_rig.h. */
#include "console_rig.h"

#include "base/mem.h"
#include "files.h"
#include "store/snapshot.h"
#include "stretch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ENV_MAX = 16, ARGS_MAX = 16 };

static void start_sandbox(struct console *c, const struct console_options *o)
{
    struct sandbox_options so = {
        .accounts = o->accounts, .org = RIG_ORG, .token = SANDBOX_TOKEN, .extra = o->sandbox};
    if (o->keep)
        so.db = tmpdir_path(c->home, "accounts.db", &c->db);
    c->sandbox = sandbox_create(&so);
    assert_non_null(c->sandbox);
    c->box.pid = -1;
    c->box.out = -1;
    c->box.port = sandbox_port(c->sandbox);
    snprintf(c->box.url, sizeof c->box.url, "%s", sandbox_url(c->sandbox));
}

static void start_console(struct console *c, const struct console_options *o)
{
    const char *more[ENV_MAX + 1];
    size_t n = 0;
    struct str program = STR_INIT;
    for (const char *const *e = sandbox_env(c->sandbox); *e; e++)
        more[n++] = *e;
    for (const char *const *e = o->env; e && *e && n < ENV_MAX; e++)
        more[n++] = *e;
    more[n] = NULL;
    const char **env = tmpdir_env_with(c->home, more);
    build_dir(&program);
    str_add(&program, "/paddock");
    const char *argv[ARGS_MAX + 2] = {str_text(&program), o->flag};
    for (size_t i = 0; o->args && o->args[i] && i < ARGS_MAX; i++)
        argv[i + 1] = o->args[i];
    const struct pty_options po = {
        .argv = argv, .env = env, .rows = o->rows, .cols = o->cols, .job_control = o->job_control};
    c->term = term_create(&po);
    mem_free(env);
    str_finish(&program);
    assert_non_null(c->term);
}

void console_open(struct console *c, const struct console_options *options)
{
    memset(c, 0, sizeof *c);
    c->home = tmpdir_create();
    assert_non_null(c->home);
    start_sandbox(c, options);
    start_console(c, options);
}

void console_open_ready(struct console *c, const struct console_options *options)
{
    char text[64];
    console_open(c, options);
    bool narrow = options->cols && options->cols < 80; /* the header says less there */
    snprintf(text, sizeof text, "%d %s", options->accounts,
             narrow ? "complete" : "accounts, complete");
    console_see(c, text);
}

void console_restart(struct console *c, const struct console_options *options)
{
    term_destroy(c->term);
    start_console(c, options);
    console_see(c, "complete");
}

void console_again(struct console *c, const struct console_options *options)
{
    term_destroy(c->term);
    start_console(c, options);
}

void console_kept(struct console *c)
{
    struct str dir = STR_INIT;
    struct snapshot *s = NULL;
    struct snapshot_list list;
    struct error err;
    enum status st = ST_NOT_FOUND;
    tmpdir_path(c->home, "home/cache/paddock", &dir);
    for (int ms = stretch_ms(0, 10000); st != ST_OK && ms > 0; ms -= 20) {
        usleep(20000);
        if (!s && snapshot_open(&s, str_text(&dir), c->box.url, RIG_ORG, clock_system(), &err))
            continue;
        st = snapshot_read_begin(s, &list, &err);
        snapshot_read_end(s);
    }
    snapshot_close(s);
    str_finish(&dir);
    assert_int_equal(st, ST_OK);
}

void console_kill_restart(struct console *c, const struct console_options *options)
{
    term_signal(c->term, SIGKILL);
    assert_true(term_wait_exit(c->term, 0));
    assert_int_equal(term_exit_code(c->term), -SIGKILL);
    console_restart(c, options);
}

void console_close(struct console *c)
{
    term_destroy(c->term);
    sandbox_destroy(c->sandbox);
    tmpdir_destroy(c->home);
    str_finish(&c->db);
    memset(c, 0, sizeof *c);
}

void console_see(struct console *c, const char *text)
{
    assert_true(term_wait_text(c->term, text, 0));
}

void console_gone(struct console *c, const char *text)
{
    assert_true(term_wait_gone(c->term, text, 0));
}

struct row_text {
    int row;
    const char *text;
};

static bool row_holds(struct term *t, void *ctx)
{
    const struct row_text *want = ctx;
    return strstr(term_row_text(t, want->row), want->text);
}

void console_row(struct console *c, int row, const char *text)
{
    struct row_text want = {row, text};
    assert_true(term_wait(c->term, row_holds, &want, text, 0));
}

void console_keys(struct console *c, const char *names)
{
    assert_true(term_keys(c->term, names));
}

void console_type(struct console *c, const char *text)
{
    assert_true(term_type(c->term, text));
}

int console_end(struct console *c)
{
    assert_true(term_wait_exit(c->term, 0));
    return term_exit_code(c->term);
}

int console_beside(struct console *c, const char *const *args, int ms)
{
    const struct console_options command = {.rows = 24, .cols = 80, .args = args};
    struct term *console = c->term;
    c->term = NULL;
    console_again(c, &command);
    assert_true(term_wait_exit(c->term, ms));
    int code = term_exit_code(c->term);
    term_destroy(c->term);
    c->term = console;
    return code;
}

int console_drafts(struct console *c)
{
    struct str path = STR_INIT;
    sqlite3 *db;
    sqlite3_stmt *st;
    tmpdir_path(c->home, "home/state/paddock/drafts.db", &path);
    assert_int_equal(sqlite3_open_v2(str_text(&path), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM draft", -1, &st, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int n = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    str_finish(&path);
    return n;
}

cJSON *console_account(struct console *c, const char *name)
{
    cJSON *found = NULL;
    char path[512] = RIG_ACCOUNTS "?limit=100";
    while (!found) {
        cJSON *page = box_json(&c->box, "GET", path, NULL, 200);
        cJSON *account, *all = cJSON_GetObjectItem(page, "accounts");
        cJSON_ArrayForEach(account, all)
        {
            if (!found && strcmp(box_text(account, "name"), name) == 0)
                found = cJSON_Duplicate(account, true);
        }
        bool more = cJSON_IsTrue(cJSON_GetObjectItem(page, "has_more"));
        snprintf(path, sizeof path, RIG_ACCOUNTS "?limit=100&cursor=%s",
                 box_text(page, "next_cursor"));
        cJSON_Delete(page);
        if (!more)
            break;
    }
    return found;
}
