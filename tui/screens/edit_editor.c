/* edit_editor.c: see edit_editor.h. The file and its rounds are cli/editor; here is the terminal,
 * and the way from the account that came back to the form's texts. */
#include "tui/screens/edit_editor.h"

#include "base/mem.h"
#include "cli/editor.h"
#include "loop/child.h"

struct edit_editor {
    struct app *app;
    struct edit_form *form;
    struct editor *editor;
    void (*done)(void *ctx, enum edit_editor_end end);
    void *ctx;
};

static void run(struct edit_editor *e);

/* Only what is another value: a text as it was typed (400M) stays when it means the same. */
static void take(struct edit_form *f, const struct account *mine)
{
    for (size_t i = 0; i < f->form.count; i++) {
        struct form_row *row = &f->form.rows[i];
        struct str text = STR_INIT;
        if (row->id < 0)
            continue;
        enum field field = (enum field)row->id;
        if (value_eq(field, &mine->v[field], &f->mine.v[field]) && !row->error.len)
            continue;
        value_edit(field, &mine->v[field], &text);
        form_set_value(row, span_from(&text));
        str_finish(&text);
    }
}

static void finish(struct edit_editor *e, enum edit_editor_end end)
{
    void (*done)(void *ctx, enum edit_editor_end end) = e->done;
    void *ctx = e->ctx;
    editor_destroy(e->editor);
    mem_free(e);
    done(ctx, end);
}

static void on_ended(void *ctx, int exit_code)
{
    struct edit_editor *e = ctx;
    struct account mine;
    struct error err;
    enum edit_editor_end end = EDIT_EDITOR_SAME;
    account_init(&mine);
    enum editor_round round = editor_ended(e->editor, exit_code, &mine, &err);
    if (round == EDITOR_TAKEN) {
        take(e->form, &mine);
        end = EDIT_EDITOR_TAKEN;
    } else if (round == EDITOR_FAILED) {
        app_error(e->app, &err);
        end = EDIT_EDITOR_FAILED;
    }
    account_finish(&mine);
    if (round == EDITOR_AGAIN)
        run(e);
    else
        finish(e, end);
}

static void run(struct edit_editor *e)
{
    const struct child_spec spec = {
        .argv = editor_argv(e->editor), .own_terminal = true, .stderr_fd = -1};
    app_run_child(e->app, &spec, on_ended, e);
}

#define REFUSED_MAX 64

static size_t refusals(const struct edit_form *f, struct editor_refusal *out)
{
    size_t n = 0;
    for (size_t i = 0; i < f->form.count && n < REFUSED_MAX; i++) {
        const struct form_row *row = &f->form.rows[i];
        if (row->id >= 0 && row->error.len)
            out[n++] = (struct editor_refusal){(enum field)row->id, str_text(&row->error)};
    }
    return n;
}

void edit_editor_run(struct app *app, struct edit_form *form, bool reveal,
                     void (*done)(void *ctx, enum edit_editor_end end), void *ctx)
{
    struct session *s = app_session(app);
    struct editor_refusal refused[REFUSED_MAX];
    struct str title = STR_INIT;
    struct error err;
    bool change = form->mode == EDIT_CHANGE;
    if (change) {
        str_add_span(&title, account_name(&form->base));
        str_add(&title, " (");
        str_add_span(&title, account_id(&form->base));
        str_add(&title, ")");
    } else {
        str_add(&title, "a new account");
    }
    /* A connection from the command line, or the demo's, has no name. */
    if (s->profile.demo || s->profile.name[0])
        str_printf(&title, ", profile %s", s->profile.demo ? "demo" : s->profile.name);
    else
        str_printf(&title, ", server %s", api_host(s->api));
    str_printf(&title, ", organisation %s", s->profile.org);
    const struct editor_spec spec = {.dir = s->env.paths->state_dir,
                                     .title = str_text(&title),
                                     .base = &form->base,
                                     .start = &form->mine,
                                     .flag = change ? FF_EDIT : FF_CREATE,
                                     .ranges_warn = form->ranges_warn,
                                     .reveal = reveal,
                                     .refused = refused,
                                     .refused_count = refusals(form, refused)};
    struct edit_editor *e = mem_calloc(1, sizeof *e);
    *e = (struct edit_editor){.app = app, .form = form, .done = done, .ctx = ctx};
    if (editor_create(&e->editor, &spec, &err)) {
        app_error(app, &err);
        finish(e, EDIT_EDITOR_FAILED);
    } else {
        run(e);
    }
    str_finish(&title);
}
