/* words.c: what became of a write, in words for a person: one text for console and command line, so
 * that neither says more or less than the other. */
#include "write/machine.h"

#include "base/change_text.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/when.h"

#include <inttypes.h>

#define CHANGES_TOLD 2  /* more than that is in the history */
#define COUNTS_CELLS 24 /* "1.25M → 1.5M", with room for exact ones */

const char *write_outcome_words(const struct write *write)
{
    static const char *const words[] = {
        [WRITE_NONE] = "no readable answer came so far",
        [WRITE_APPLIED] = "applied: it is there as asked",
        [WRITE_DIFFERENT] = "sent, and not all is as asked",
        [WRITE_NOT_APPLIED] = "not applied",
        [WRITE_NO_CHANGE] = "nothing to change",
        [WRITE_CONFLICTING] = "in conflict: neither the old nor the new is there",
        [WRITE_NOT_SEEN] = "not seen on the server so far; it is watched",
        [WRITE_CANCELLED] = "cancelled before it was sent",
        [WRITE_RELEASED] = "given up: whether it was applied is not known",
    };
    static const char *const deleted[ARRAY_LEN(words)] = {
        [WRITE_APPLIED] = "deleted", [WRITE_NO_CHANGE] = "was gone already"};
    if (write->kind == JOURNAL_DELETE && deleted[write->outcome])
        return deleted[write->outcome];
    if (write->undoes && write->outcome == WRITE_APPLIED)
        return write->kind == JOURNAL_CREATE ? "undone: created again, with a new id"
                                             : "undone: it is there as it was before";
    return words[write->outcome];
}

static bool switch_alone(const struct write *write)
{
    for (int f = 0; f < FIELD_COUNT; f++)
        if (write->fields.has[f] != (f == FIELD_ENABLED))
            return false;
    return true;
}

/* What an update did: of the switch alone it is said which way. */
static const char *update_words(const struct write *write)
{
    if (!switch_alone(write))
        return "saved and read back";
    const struct value *v = &write->target.v[FIELD_ENABLED];
    if (!value_known(v))
        return "saved and read back";
    return v->i ? "enabled and read back" : "disabled and read back";
}

/* "rate.rps 20 → 45": a slip is seen while it is still easily taken back. A text, a map or a
 * reference is named alone: it is long, or not for every screen. */
static void add_change(const struct write *write, enum field f, struct str *out)
{
    static const bool shown[FT_COUNT] = {
        [FT_OPEN] = true, [FT_INT] = true, [FT_SECONDS] = true, [FT_BOOL] = true};
    const struct value *old = &(write->has_server ? &write->server : &write->base)->v[f];
    const struct value *now = &write->target.v[f];
    str_add(out, field_info(f)->label);
    if (!shown[field_info(f)->type])
        return;
    str_add(out, " ");
    if (field_info(f)->type == FT_INT && value_known(old) && value_known(now) && !old->inexact) {
        change_counts(out, old->i, now->i, COUNTS_CELLS);
        return;
    }
    value_show(f, old, SHOW_CELL, out);
    str_add(out, " " TEXT_ARROW " ");
    value_show(f, now, SHOW_CELL, out);
}

/* What an update changed, the first fields whole; of the switch alone the verb has said it. */
static void add_changes(const struct write *write, struct str *out)
{
    int told = 0, more = 0;
    for (int f = 0; f < FIELD_COUNT && !switch_alone(write); f++) {
        if (!write->fields.has[f])
            continue;
        if (told >= CHANGES_TOLD) {
            more++;
            continue;
        }
        str_add(out, told++ ? ", " : ": ");
        add_change(write, (enum field)f, out);
    }
    if (more)
        str_printf(out, " and %d more", more);
}

/* A create that takes a delete back makes another account: whoever kept the old id has to know. */
static void add_applied(const struct write *write, struct str *out)
{
    static const char *const words[] = {
        [JOURNAL_CREATE] = "created and read back", [JOURNAL_DELETE] = "deleted and read back"};
    if (!write->undoes) {
        str_add(out, write->kind == JOURNAL_UPDATE ? update_words(write) : words[write->kind]);
        if (write->kind == JOURNAL_UPDATE)
            add_changes(write, out);
        return;
    }
    str_printf(out, "undone (write %" PRId64 ")", write->undoes);
    if (write->kind == JOURNAL_CREATE)
        str_printf(out, ": created again and read back, new id %s", str_text(&write->id));
    else
        str_add(out, write->kind == JOURNAL_DELETE ? ": deleted and read back" : " and read back");
}

static void add_value(enum field f, const struct value *v, unsigned safe, struct str *out)
{
    struct str shown = STR_INIT;
    if ((field_info(f)->flags & FF_SECRET) && value_known(v))
        str_add(&shown, "********");
    else
        value_words(f, v, &shown);
    text_safe(out, str_text(&shown), shown.len, safe);
    str_finish(&shown);
}

void write_conflict_text(const struct write *write, unsigned safe, struct str *out)
{
    bool deletes = write->kind == JOURNAL_DELETE, refused = write_refused(write) != NULL;
    const bool told[] = {[MERGE_SAME] = false,
                         [MERGE_MINE] = refused && !deletes,
                         [MERGE_THEIRS] = refused || deletes,
                         [MERGE_AGREE] = false,
                         [MERGE_CONFLICT] = !deletes};
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        enum merge_state state = write->merge.state[f];
        if (!told[state])
            continue;
        str_printf(out, "  %s: was ", field_info(f)->key);
        add_value(f, &write->base.v[f], safe, out);
        if (state == MERGE_MINE || state == MERGE_CONFLICT) {
            str_add(out, ", wanted ");
            add_value(f, &write->mine.v[f], safe, out);
        }
        str_add(out, ", the server has ");
        add_value(f, &write->server.v[f], safe, out);
        str_add_char(out, '\n');
    }
}

void write_kept_text(const struct write *write, unsigned safe, struct str *out)
{
    const struct account *was = write->has_server ? &write->server : &write->base;
    for (int i = 0; i < FIELD_COUNT && write->has_after; i++) {
        enum field f = (enum field)i;
        bool asked = write->not_kept.has[f];
        if (!asked && !write->collateral.has[f])
            continue;
        str_printf(out, "  %s: %s ", field_info(f)->key, asked ? "asked" : "was");
        add_value(f, asked ? &write->target.v[f] : &was->v[f], safe, out);
        str_add(out, ", the server has ");
        add_value(f, &write->after.v[f], safe, out);
        str_add_char(out, '\n');
    }
}

void write_collateral_next(const struct write *write, const char *undo, struct error *err)
{
    bool policy = false;
    for (int f = 0; f < FIELD_COUNT; f++)
        policy |= write->collateral.has[f] && field_info((enum field)f)->parent != FIELD_NONE;
    error_next(err, "%s puts it back%s", undo,
               policy ? "; does the server replace policies instead of merging them? Then set "
                        "patch_policies = \"whole\""
                      : "");
}

void write_done_words(const struct write *write, struct str *out)
{
    if (write->outcome == WRITE_APPLIED) {
        add_applied(write, out);
        if (write->unknown_wall_ms != WHEN_NONE)
            str_add(out, "; its answer was lost");
    } else if (write->outcome == WRITE_NO_CHANGE && write->kind != JOURNAL_DELETE)
        str_add(out, "nothing to change: the server has it already");
    else
        str_add(out, write_outcome_words(write));
}
