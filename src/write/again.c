/* again.c: what was not applied, once more. A new write from the CHECK on, with a preview of its
 * own: nothing is sent for it until that is agreed to. */
#include "write/machine.h"

/* A new account of what the old one was to become; what a create may not say stays out. */
static void as_new(const struct write *w, struct account *out)
{
    const struct account *wanted = w->has_server ? &w->target : &w->mine;
    for (int i = 0; i < FIELD_COUNT; i++) {
        enum field f = (enum field)i;
        const struct value *v = &wanted->v[f];
        if (field_settable(f) && (field_info(f)->flags & FF_CREATE) && value_known(v))
            account_set(out, f, v);
    }
}

bool write_again_spec(const struct write *write, struct account *room, struct write_spec *spec)
{
    if (write->state != WRITE_DONE || write->outcome != WRITE_NOT_APPLIED)
        return false;
    *spec = (struct write_spec){.kind = write->kind,
                                .base = write->kind == JOURNAL_CREATE ? NULL : &write->base,
                                .mine = write->kind == JOURNAL_DELETE ? NULL : &write->mine,
                                .reason = str_text(&write->reason),
                                .undoes = write->undoes,
                                .same_name = write->same_name,
                                .plan = str_text(&write->plan),
                                .item = write->item,
                                .refused = write_refused(write)};
    if (write->kind != JOURNAL_UPDATE || write->error.status != ST_NOT_FOUND)
        return true;
    as_new(write, room);
    spec->kind = JOURNAL_CREATE;
    spec->base = NULL;
    spec->mine = room;
    spec->undoes = 0; /* what it would have taken back is not what a new account does */
    return true;
}
