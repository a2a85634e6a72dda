/* questions.c: what screens and commands ask of a write; nothing here changes one. */
#include "write/machine.h"

#include "base/when.h"

static const char *const state_names[] = {
    [WRITE_CHECK] = "check",     [WRITE_CONFLICT] = "conflict", [WRITE_PREVIEW] = "preview",
    [WRITE_INTENT] = "intent",   [WRITE_SENT] = "sent",         [WRITE_READBACK] = "readback",
    [WRITE_UNKNOWN] = "unknown", [WRITE_DONE] = "done",
};

static const char *const outcome_names[] = {
    [WRITE_NONE] = "none",           [WRITE_APPLIED] = "applied",
    [WRITE_DIFFERENT] = "different", [WRITE_NOT_APPLIED] = "not_applied",
    [WRITE_NO_CHANGE] = "no_change", [WRITE_CONFLICTING] = "conflicting",
    [WRITE_NOT_SEEN] = "not_seen",   [WRITE_CANCELLED] = "cancelled",
    [WRITE_RELEASED] = "released",
};

const char *write_state_name(enum write_state state)
{
    return state_names[state];
}

const char *write_outcome_name(enum write_outcome outcome)
{
    return outcome_names[outcome];
}

bool write_is_news(const struct write *write)
{
    return !write->same_news;
}
enum write_state write_state(const struct write *write)
{
    return write->state;
}
enum write_outcome write_outcome(const struct write *write)
{
    return write->outcome;
}
enum journal_kind write_kind(const struct write *write)
{
    return write->kind;
}
const struct error *write_error(const struct write *write)
{
    return &write->error;
}
struct span write_permission(const struct write *write)
{
    return span_from(&write->permission);
}
bool write_held_back(const struct write *write)
{
    return write->held_back;
}
const struct api_detail *write_details(const struct write *write, size_t *count)
{
    *count = write->detail_count;
    return write->details;
}
const struct merge *write_merge(const struct write *write)
{
    return write->has_merge ? &write->merge : NULL;
}
const struct account *write_base(const struct write *write)
{
    return &write->base;
}
const struct account *write_server(const struct write *write)
{
    return write->has_server ? &write->server : NULL;
}
const struct account *write_target(const struct write *write)
{
    return &write->target;
}
const struct account *write_after(const struct write *write)
{
    return write->has_after ? &write->after : NULL;
}
const struct field_set *write_fields(const struct write *write)
{
    return &write->fields;
}
const struct field_set *write_not_kept(const struct write *write)
{
    return &write->not_kept;
}
const struct field_set *write_collateral(const struct write *write)
{
    return &write->collateral;
}
const char *write_body(const struct write *write)
{
    return str_text(&write->body);
}
int64_t write_op(const struct write *write)
{
    return write->op;
}
const struct error *write_refused(const struct write *write)
{
    return write->refused.status == ST_OK ? NULL : &write->refused;
}
bool write_refusal_stands(const struct write *write)
{
    return write->state == WRITE_DONE && write->outcome == WRITE_NOT_APPLIED && write->op_refused &&
           write->refused.status != ST_OK && !write->refused_now;
}
int64_t write_op_refused(const struct write *write)
{
    return write->op_refused;
}
const char *write_plan(const struct write *write)
{
    return str_text(&write->plan);
}

int64_t write_plan_item(const struct write *write)
{
    return write->item;
}

const char *write_account_id(const struct write *write)
{
    return str_text(&write->id);
}
const char *write_account_name(const struct write *write)
{
    return str_text(&write->name);
}
void write_confirm_words(const struct write *write, struct span words[2])
{
    struct span name = span_from(&write->name), id = span_from(&write->id);
    words[0] = name.len ? name : id;
    words[1] = name.len ? id : span_of("");
}
bool write_confirmed_by(const struct write *write, struct span typed)
{
    struct span words[2];
    write_confirm_words(write, words);
    return typed.len && (span_eq(typed, words[0]) || span_eq(typed, words[1]));
}
bool write_attended(const struct write *write)
{
    return write->changed != NULL;
}
bool write_watched(const struct write *write)
{
    return write->watch != NULL;
}
bool write_concerns(const struct write *write, struct span id, struct span name)
{
    if (id.len)
        return span_eq(span_from(&write->id), id);
    return write->kind == JOURNAL_CREATE && span_eq(span_of(write_account_name(write)), name);
}
const char *write_reason(const struct write *write)
{
    return str_text(&write->reason);
}
int64_t write_undoes(const struct write *write)
{
    return write->undoes;
}
int64_t write_unknown_wall_ms(const struct write *write)
{
    return write->unknown_wall_ms;
}
int64_t write_sent_wall_ms(const struct write *write)
{
    return write->sent_wall_ms;
}
unsigned write_looks_unseen(const struct write *write)
{
    return write->unseen;
}
int64_t write_next_look_mono_ms(const struct write *write)
{
    return write->state == WRITE_UNKNOWN && write->timer ? write->timer_mono_ms : -1;
}
