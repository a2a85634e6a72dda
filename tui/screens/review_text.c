/* review_text.c: see review_text.h. */
#include "tui/screens/review_text.h"

#include "cli/cli.h"
#include "base/quantity.h"
#include "base/when.h"
#include "model/json.h"
#include "model/warn.h"
#include "tui/mask.h"
#include "tui/who.h"

#include <string.h>

#define WARNINGS_MAX  16
#define COMMAND_CELLS 78 /* fits where the review has 80 */

static void line(struct review_view *v, enum role role, const char *text)
{
    textview_lines(v->text, role, span_of(text));
    textview_lines(v->text, ROLE_TEXT, span_of("\n"));
}

static void below_heading(struct review_view *v, const struct str *text)
{
    textview_indented(v->text, ROLE_TEXT, span_from(text));
    textview_lines(v->text, ROLE_TEXT, span_of("\n"));
}

static void add_value(struct review_view *v, enum role role, enum field f,
                      const struct value *value)
{
    struct str s = STR_INIT;
    const char *mask = mask_value(f, value, v->reveal);
    if (mask)
        str_add(&s, mask);
    else
        value_words(f, value, &s);
    textview_add(v->text, role, span_from(&s));
    str_finish(&s);
}

/* from: NULL for what begins with it. */
static void add_change(struct review_view *v, enum field f, const struct value *from,
                       const struct value *to)
{
    textview_printf(v->text, ROLE_FORM_LABEL, "   %-22s ", field_info(f)->label);
    if (from) {
        add_value(v, ROLE_DIFF_OLD, f, from);
        textview_printf(v->text, ROLE_DIM, " %s ", draw_glyph_text(app_draw(v->app), GLYPH_ARROW));
    }
    add_value(v, ROLE_DIFF_NEW, f, to);
    if (field_info(f)->flags & FF_SECRET && value_known(to) && !v->reveal)
        textview_printf(v->text, ROLE_DIM, "  (:reveal shows it)");
    line(v, ROLE_TEXT, "");
}

static void add_changes(struct review_view *v)
{
    const struct account *now = write_server(v->write), *to = write_target(v->write);
    bool creates = write_kind(v->write) == JOURNAL_CREATE;
    if (!now)
        now = creates ? NULL : write_base(v->write);
    line(v, ROLE_TITLE, creates ? " NEW ACCOUNT" : " CHANGE");
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (!write_fields(v->write)->has[f])
            continue;
        add_change(v, (enum field)f, now ? &now->v[f] : NULL, &to->v[f]);
    }
}

static void add_warnings(struct review_view *v)
{
    struct warning w[WARNINGS_MAX];
    size_t n = write_warnings(v->write, w, WARNINGS_MAX);
    for (size_t i = 0; i < n; i++) {
        textview_printf(v->text, ROLE_WARNING, "   ! %s: %s\n", field_info(w[i].field)->label,
                        w[i].text);
        v->needs_name |= w[i].needs_name;
    }
}

/* Nothing of mine touched: taken over quietly, and said in one line; also beside fields that were
 * chosen one by one. */
static void add_merged(struct review_view *v)
{
    const struct merge *m = write_merge(v->write);
    const struct account *base = write_base(v->write), *now = write_server(v->write);
    if (!m || !now)
        return;
    if (m->theirs) {
        textview_printf(v->text, ROLE_NOTE, "   ~ changed by others meanwhile, kept as it is:");
        for (int f = 0; f < FIELD_COUNT; f++) {
            if (m->state[f] == MERGE_THEIRS)
                textview_printf(v->text, ROLE_NOTE, " %s", field_info((enum field)f)->key);
        }
        line(v, ROLE_TEXT, "");
    } else if (!m->conflicts &&
               !value_eq(FIELD_UPDATED_AT, &base->v[FIELD_UPDATED_AT], &now->v[FIELD_UPDATED_AT])) {
        line(v, ROLE_DIM,
             "   ~ touched by the server meanwhile (usage, health): no setting changed");
    }
}

static const struct siblings *siblings(struct review_view *v)
{
    const struct session *s = app_session(v->app);
    struct review_left *left = v->left;
    row_id row = fleet_find(s->fleet, account_id(write_base(v->write)));
    if (!left->counted || left->of != row || left->changes != s->fleet_changes) {
        left->counted = true;
        left->of = row;
        left->changes = s->fleet_changes;
        siblings_of(s->fleet, row, NULL, 0, &left->siblings);
    }
    return &left->siblings;
}

/* Who is left enabled with the same values, so that nobody switches off the last one unseen. */
static void add_siblings(struct review_view *v)
{
    const struct fleet *fleet = app_session(v->app)->fleet;
    const struct siblings *all = siblings(v);
    if (write_kind(v->write) == JOURNAL_DELETE && all->twin != ROW_NONE) {
        struct value id;
        fleet_get(fleet, all->twin, FIELD_ID, &id);
        textview_printf(v->text, ROLE_WARNING, "   ! another account has this name (");
        textview_add(v->text, ROLE_WARNING, value_known(&id) ? id.text : span_of("no id"));
        line(v, ROLE_WARNING, "): an undo needs a name");
    }
    for (size_t i = 0; i < all->count; i++) {
        const struct sibling_group *g = &all->groups[i];
        textview_printf(v->text, g->enabled ? ROLE_NOTE : ROLE_WARNING,
                        "   %s enabled %s left with %s ", QUANTITY(g->enabled),
                        g->enabled == 1 ? "account is" : "accounts are", g->words);
        textview_add(v->text, ROLE_STRONG, g->value);
        for (uint32_t n = 0; n < g->row_count; n++) {
            struct str who = STR_INIT;
            who_add(fleet, g->rows[n], &who);
            textview_printf(v->text, ROLE_DIM, n ? ", " : ": ");
            textview_add(v->text, ROLE_DIM, span_from(&who));
            str_finish(&who);
        }
        line(v, ROLE_DIM, g->enabled > g->row_count ? ", ..." : "");
    }
}

static bool turns_off(const struct write *w)
{
    if (write_kind(w) == JOURNAL_DELETE)
        return true;
    const struct value *to = write_target(w) ? &write_target(w)->v[FIELD_ENABLED] : NULL;
    return write_kind(w) == JOURNAL_UPDATE && to && value_known(to) && !to->i &&
           write_fields(w)->has[FIELD_ENABLED];
}

static void add_request(struct review_view *v)
{
    static const char *const methods[] = {
        [JOURNAL_CREATE] = "POST", [JOURNAL_UPDATE] = "PATCH", [JOURNAL_DELETE] = "DELETE"};
    struct str body = STR_INIT, pretty = STR_INIT;
    textview_printf(v->text, ROLE_TITLE, "\n REQUEST  %s\n", methods[write_kind(v->write)]);
    mask_json(&body, span_of(write_body(v->write)), v->reveal);
    json_pretty(&pretty, span_from(&body));
    if (pretty.len)
        below_heading(v, &pretty);
    str_finish(&body);
    str_finish(&pretty);
}

void review_preview(struct app *app, const struct write *write, bool reveal,
                    struct preview *preview)
{
    const struct session *s = app_session(app);
    struct str flags = STR_INIT;
    cli_same_flags(app_console(app), &s->profile, &flags);
    const struct preview_options options = {
        .profile = s->profile.name, .flags = str_text(&flags), .reveal = reveal, .keys = reveal};
    preview_make(preview, write, s->api, &options);
    str_finish(&flags);
}

/* The same change for a shell: profile and id are in it, the token is not. */
static void add_shell(struct review_view *v, const struct str *command)
{
    struct str lines = STR_INIT;
    shell_lines(&lines, span_from(command), COMMAND_CELLS);
    below_heading(v, &lines);
    str_finish(&lines);
}

static void add_commands(struct review_view *v)
{
    struct preview p;
    preview_init(&p);
    review_preview(v->app, v->write, v->reveal, &p);
    textview_printf(v->text, ROLE_TITLE, "\n COMMAND\n");
    add_shell(v, &p.command);
    textview_printf(v->text, ROLE_TITLE, "\n CURL\n");
    add_shell(v, &p.curl);
    preview_finish(&p);
}

/* What to know before. */
static void add_note(struct review_view *v)
{
    if (v->note[0])
        textview_printf(v->text, ROLE_NOTE, " UNDO  %s\n", v->note);
    if (v->more[0])
        textview_printf(v->text, ROLE_NOTE, "   %s\n", v->more);
}

/* F09: it was sent, refused and read again by itself. */
static void add_refused(struct review_view *v)
{
    const struct error *refused = write_refused(v->write);
    const struct merge *m = write_merge(v->write);
    if (!refused)
        return;
    textview_printf(v->text, ROLE_WARNING, " REFUSED  %s\n", refused->what);
    if (m && !m->theirs && !m->conflicts && write_state(v->write) == WRITE_PREVIEW)
        line(v, ROLE_NOTE, "   It was read again: none of its settings was changed meanwhile.");
}

static void add_heading(struct review_view *v)
{
    const char *reason = write_reason(v->write);
    add_note(v);
    add_refused(v);
    if (reason[0])
        textview_printf(v->text, ROLE_TEXT, " REASON  %s\n", reason);
}

static void preview(struct review_view *v)
{
    const struct write *w = v->write;
    add_heading(v);
    if (write_kind(w) == JOURNAL_DELETE) {
        v->needs_name = true;
        line(v, ROLE_DANGER, " DELETE");
        textview_printf(v->text, ROLE_TEXT, "   %.*s  (id %.*s)\n",
                        (int)account_name(write_base(w)).len, account_name(write_base(w)).p,
                        (int)account_id(write_base(w)).len, account_id(write_base(w)).p);
    } else {
        add_changes(v);
        add_warnings(v);
        add_merged(v);
    }
    if (turns_off(w))
        add_siblings(v);
    if (!v->needs_name)
        line(v, ROLE_STRONG,
             write_refused(w) ? "\n A sends this once more; e goes back; nothing was changed yet."
                              : "\n A sends this once; e goes back; nothing was sent yet.");
    add_request(v);
    add_commands(v);
}

/* By a paddock of this machine, when its journal says so. */
static void add_changer(struct review_view *v)
{
    if (v->changer.len)
        textview_printf(v->text, ROLE_NOTE, " It was this machine's %.*s (3 shows it).\n",
                        (int)v->changer.len, v->changer.p);
}

static void conflict(struct review_view *v)
{
    const struct write *w = v->write;
    add_note(v);
    add_refused(v);
    if (write_kind(w) == JOURNAL_DELETE) {
        line(v, ROLE_WARNING, " The account was changed since it was shown.");
        add_changer(v);
        line(v, ROLE_TEXT, " Enter goes on to the review of the delete, Esc leaves it alone.");
        return;
    }
    line(v, ROLE_WARNING,
         v->form ? " The same fields were changed on the server since the form was opened."
                 : " The same fields were changed on the server since then.");
    add_changer(v);
    line(v, ROLE_TEXT,
         v->form ? " m keeps mine, s the server's, Enter goes on, e back to the form.\n"
                 : " m keeps mine, s the server's, Enter goes on, Esc leaves it as it is.\n");
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (write_merge(w)->state[f] != MERGE_CONFLICT)
            continue;
        bool here = v->at == (enum field)f, mine = v->mine->has[f];
        textview_printf(v->text, here ? ROLE_CURSOR : ROLE_TITLE, " %s %s\n", here ? ">" : " ",
                        field_info((enum field)f)->label);
        textview_printf(v->text, ROLE_DIM, "     was    ");
        add_value(v, ROLE_DIM, (enum field)f, &write_base(w)->v[f]);
        textview_printf(v->text, ROLE_TEXT, "\n   %s mine   ", mine ? "*" : " ");
        add_value(v, ROLE_DIFF_NEW, (enum field)f, &write_target(w)->v[f]);
        textview_printf(v->text, ROLE_TEXT, "\n   %s server ", mine ? " " : "*");
        add_value(v, ROLE_DIFF_OLD, (enum field)f, &write_server(w)->v[f]);
        line(v, ROLE_TEXT, "\n");
    }
    add_merged(v);
}

/* When the next look comes; while one runs, that. */
static void add_next_look(struct review_view *v)
{
    int64_t next = write_next_look_mono_ms(v->write);
    struct str age = STR_INIT;
    if (next < 0) {
        line(v, ROLE_BUSY, "   looking now ...");
        return;
    }
    when_age(&age, next - app_now_mono(v->app) + 999);
    textview_printf(v->text, ROLE_DIM, "   looked at again in %s\n", str_text(&age));
    str_finish(&age);
}

/* A second sending is there once the account was seen as it was often enough. */
static void add_ways(struct review_view *v)
{
    unsigned seen = write_looks_unseen(v->write);
    line(v, ROLE_TEXT, "   :release gives it up.");
    if (seen >= WRITE_LOOKS_AGAIN)
        line(v, ROLE_TEXT, "   :send-again sends it once more, after its name is typed.");
    else
        textview_printf(v->text, ROLE_TEXT,
                        "   :send-again sends it once more, after %d looks in a row that saw the "
                        "account as it was; %u so far.\n",
                        WRITE_LOOKS_AGAIN, seen);
}

/* What is there now beside what was and what was asked, so that whoever has to decide (released,
 * sent again) sees what on: of each field that was sent, and of each that moved beside them. */
static void add_seen(struct review_view *v)
{
    const struct account *was = write_server(v->write), *now = write_after(v->write);
    was = was ? was : write_base(v->write);
    if (!now || write_kind(v->write) != JOURNAL_UPDATE)
        return;
    line(v, ROLE_TITLE, " AS THE SERVER HAD IT WHEN LAST LOOKED AT");
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        bool sent = write_fields(v->write)->has[f];
        if (!field_settable(f) || (!sent && value_eq(f, &was->v[f], &now->v[f])))
            continue;
        textview_printf(v->text, ROLE_TITLE, "   %s%s\n", field_info(f)->label,
                        sent ? "" : ", which was not sent");
        textview_printf(v->text, ROLE_DIM, "     was    ");
        add_value(v, ROLE_DIM, f, &was->v[f]);
        if (sent) {
            textview_printf(v->text, ROLE_DIM, "\n     asked  ");
            add_value(v, ROLE_DIFF_NEW, f, &write_target(v->write)->v[f]);
        }
        textview_printf(v->text, ROLE_DIM, "\n     is     ");
        add_value(v, ROLE_STRONG, f, &now->v[f]);
        line(v, ROLE_TEXT, "");
    }
}

static void unknown(struct review_view *v)
{
    const struct write *w = v->write;
    const char *ids[1];
    textview_printf(v->text, ROLE_WARNING, " OUTCOME UNKNOWN ");
    textview_printf(v->text, ROLE_DIM, "%s\n", write_account_id(w));
    textview_printf(v->text, ROLE_TEXT, "   %s of %s: %s\n", write_verb(write_kind(w)),
                    write_account_name(w), write_error(w)->what);
    if (write_plan(w)[0])
        textview_printf(v->text, ROLE_TEXT, "   It is of plan %s.\n", write_plan(w));
    add_next_look(v);
    line(v, ROLE_TEXT,
         "   It was sent, and no readable answer came: it may or may not be there. It is");
    line(v, ROLE_TEXT, "   in the journal and is not sent again by itself; paddock keeps looking.");
    line(v, ROLE_TEXT, "   r looks again now; Esc leaves, and the looking goes on.");
    if (write_candidates(w, ids, 1))
        line(v, ROLE_STRONG, "   Enter (:adopt) says which of the accounts found is the new one.");
    if (write_kind(w) == JOURNAL_CREATE)
        line(v, ROLE_TEXT, "   :release gives it up. A create is never sent again.");
    else
        add_ways(v);
    add_seen(v);
    add_request(v);
}

static void not_kept(struct review_view *v, const struct field_set *set, const char *title)
{
    const struct account *asked = write_target(v->write), *after = write_after(v->write);
    bool titled = false;
    for (int f = 0; f < FIELD_COUNT && after; f++) {
        if (!set->has[f])
            continue;
        if (!titled)
            line(v, ROLE_WARNING, title);
        titled = true;
        add_change(v, (enum field)f, &asked->v[f], &after->v[f]);
    }
}

static void add_error(struct review_view *v, const struct error *err)
{
    textview_printf(v->text, ROLE_TEXT, "   %s\n", err->what);
    if (err->next[0])
        textview_printf(v->text, ROLE_TEXT, "   %s\n", err->next);
}

/* What `r` and `A` do after a refusal. */
static const char *again_words(const struct write *w, const struct error *err)
{
    if (write_kind(w) == JOURNAL_CREATE)
        return "   r or A shows the review again; nothing is sent by that.";
    if (write_kind(w) == JOURNAL_UPDATE && err->status == ST_NOT_FOUND)
        return "   A shows how it would be created again, under a new id.";
    return "   r or A reads the account again and shows the review; nothing is sent by that.";
}

static void refused(struct review_view *v)
{
    const struct error *err = write_error(v->write);
    size_t count;
    const struct api_detail *d = write_details(v->write, &count);
    line(v, ROLE_ERROR, " NOT APPLIED");
    add_error(v, err);
    for (size_t i = 0; i < count; i++)
        textview_printf(v->text, ROLE_ERROR, "   %.*s\n", (int)d[i].msg.len, d[i].msg.p);
    if (v->beside) {
        line(v, ROLE_TEXT, "   Nothing was changed; Esc closes, A on the plan tries it again.");
        return;
    }
    line(v, ROLE_TEXT,
         v->form ? "   Nothing was changed; e goes back to what you typed."
         : v->rename
             ? "   Nothing was changed; e asks for a name, the old one or another; Esc closes."
             : "   Nothing was changed; Esc closes.");
    line(v, ROLE_TEXT, again_words(v->write, err));
}

static bool any(const struct field_set *set)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (set->has[f])
            return true;
    return false;
}

static void done(struct review_view *v)
{
    const struct error *err = write_error(v->write);
    if (write_outcome(v->write) == WRITE_NOT_APPLIED) {
        refused(v);
        return;
    }
    if (write_outcome(v->write) == WRITE_RELEASED) {
        line(v, ROLE_WARNING, " RELEASED");
        textview_printf(v->text, ROLE_TEXT, "   %s\n", err->what);
        line(v, ROLE_TEXT, "\n Esc closes.");
        return;
    }
    bool alarm = any(write_collateral(v->write));
    if (alarm)
        line(v, ROLE_DANGER, " ALARM: THE SERVER CHANGED WHAT WAS NOT SENT");
    else if (err->status)
        line(v, ROLE_WARNING, " SENT, AND NOT ALL IS AS ASKED");
    if (err->status)
        add_error(v, err);
    not_kept(v, write_not_kept(v->write), " ASKED, AND KEPT DIFFERENTLY BY THE SERVER");
    not_kept(v, write_collateral(v->write), " CHANGED THOUGH NOT ASKED FOR");
    if (alarm)
        line(v, ROLE_STRONG, "\n u puts everything back as it was, after a preview.");
    line(v, ROLE_TEXT, "\n Esc closes.");
}

void review_text(struct review_view *v)
{
    static const char *const busy[] = {
        [WRITE_CHECK] = " Reading the account as it is now ...",
        [WRITE_INTENT] = " Writing to the journal ...",
        [WRITE_SENT] = " Sent; waiting for the answer ...",
        [WRITE_READBACK] = " Reading back what the server kept ...",
    };
    v->needs_name = false;
    switch (write_state(v->write)) {
    case WRITE_CONFLICT:
        conflict(v);
        break;
    case WRITE_PREVIEW:
        preview(v);
        break;
    case WRITE_UNKNOWN:
        unknown(v);
        break;
    case WRITE_DONE:
        done(v);
        break;
    default:
        line(v, ROLE_BUSY, busy[write_state(v->write)]);
    }
}
