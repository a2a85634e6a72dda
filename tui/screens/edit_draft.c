/* edit_draft.c: see edit_draft.h. */
#include "tui/screens/edit_draft.h"

#include "base/mem.h"

/* The key of a form's draft; the id's copy is the caller's (mem_free). */
static char *key_of(struct session *s, struct span id, struct draft_key *key)
{
    char *account = id.len ? span_dup(id) : mem_strdup(DRAFT_NEW);
    *key = (struct draft_key){s->profile.origin, s->profile.org, account};
    return account;
}

static bool has_draft(struct session *s, const struct edit_form *f)
{
    return s->drafts && f->mode != EDIT_CLONE;
}

bool edit_draft_save(struct session *s, const struct edit_form *f, struct error *err)
{
    struct draft_field fields[FIELD_COUNT];
    struct draft_key key;
    size_t n = 0;
    error_clear(err);
    if (f->mode == EDIT_CLONE)
        return false;
    for (size_t i = 0; i < f->form.count; i++) {
        const struct form_row *row = &f->form.rows[i];
        if (row->id >= 0 && row->changed)
            fields[n++] = (struct draft_field){(enum field)row->id, form_value(row)};
    }
    if (!s->drafts) {
        if (n)
            *err = s->drafts_error;
        return false;
    }
    char *account = key_of(s, account_id(&f->base), &key);
    enum status st = n ? drafts_save(s->drafts, &key, span_from(&f->base.raw), fields, n, err)
                       : drafts_drop(s->drafts, &key, NULL);
    mem_free(account); /* a draft is a convenience: the next key saves all fields again */
    return n > 0 && st == ST_OK;
}

void edit_draft_drop(struct session *s, const struct edit_form *f)
{
    struct draft_key key;
    if (!has_draft(s, f))
        return;
    char *account = key_of(s, account_id(&f->base), &key);
    drafts_drop(s->drafts, &key, NULL);
    mem_free(account);
}

void edit_draft_leave(struct session *s, const struct edit_form *f)
{
    struct draft_key key;
    if (!has_draft(s, f))
        return;
    char *account = key_of(s, account_id(&f->base), &key);
    drafts_claim(s->drafts, &key, false, NULL);
    mem_free(account);
}

bool edit_draft_elsewhere(struct session *s, const struct edit_form *f)
{
    struct draft_key key;
    if (!has_draft(s, f))
        return false;
    char *account = key_of(s, account_id(&f->base), &key);
    bool held = drafts_held(s->drafts, &key);
    mem_free(account);
    return held;
}

bool edit_draft_base(struct session *s, struct span id, struct account *from)
{
    struct draft_key key;
    struct draft draft = {0};
    bool found = false;
    if (!s->drafts || !id.len)
        return false;
    char *account = key_of(s, id, &key);
    if (drafts_load(s->drafts, &key, &draft, NULL) == ST_OK)
        found = account_decode(from, span_from(&draft.base), NULL) == ST_OK;
    draft_finish(&draft);
    mem_free(account);
    return found;
}

size_t edit_draft_apply(struct session *s, struct edit_form *f, int64_t *saved_wall_ms)
{
    struct draft_key key;
    struct draft draft = {0};
    size_t n = 0;
    if (!has_draft(s, f))
        return 0;
    char *account = key_of(s, account_id(&f->base), &key);
    if (drafts_load(s->drafts, &key, &draft, NULL) == ST_OK) {
        for (size_t i = 0; i < draft.count; i++) {
            struct form_row *row = form_row(&f->form, (int)draft.fields[i].field);
            if (!row)
                continue;
            form_set_value(row, draft.fields[i].typed);
            n++;
        }
        *saved_wall_ms = draft.saved_wall_ms;
        drafts_claim(s->drafts, &key, true, NULL);
    }
    draft_finish(&draft);
    mem_free(account);
    return n;
}
