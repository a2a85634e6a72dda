/* series_change.c: see series.h. Changes of status beside the samples. */
#include "base/mem.h"
#include "base/vec.h"
#include "store/series_private.h"

#include <string.h>

#define NOTED_MAX 10000 /* that wait; the oldest give way */

void series_note(struct series *s, const struct series_change *c)
{
    const char *const texts[CHANGE_TEXTS] = {c->account, c->name, c->from, c->to, c->reason};
    if (!s->writes)
        return;
    if (s->noted_count == NOTED_MAX)
        series_drop_noted(s, 1);
    VEC_ROOM(s->noted, s->noted_count, s->noted_room);
    struct series_noted *n = &s->noted[s->noted_count++];
    n->t_ms = c->t_ms;
    for (int i = 0; i < CHANGE_TEXTS; i++)
        n->texts[i] = mem_strdup(texts[i]);
}

void series_drop_noted(struct series *s, size_t to)
{
    if (!to)
        return;
    for (size_t k = 0; k < to; k++) {
        for (int i = 0; i < CHANGE_TEXTS; i++)
            mem_free(s->noted[k].texts[i]);
    }
    s->noted_count -= to;
    memmove(s->noted, s->noted + to, s->noted_count * sizeof *s->noted);
}

enum status series_write_noted(struct series *s, size_t to, struct error *err)
{
    enum status status = ST_OK;
    sqlite3_stmt *st = s->st[SQL_CHANGE];
    for (size_t k = 0; status == ST_OK && k < to; k++) {
        const struct series_noted *n = &s->noted[k];
        sqlite3_bind_int64(st, 1, s->scope);
        sqlite3_bind_int64(st, 2, n->t_ms);
        for (int i = 0; i < CHANGE_TEXTS; i++) {
            db_bind_text(st, 3 + i, n->texts[i]);
            s->work_bytes += strlen(n->texts[i]);
        }
        status = series_run(s, st, err);
    }
    return status;
}

enum status series_changes(struct series *s, int64_t from_ms, series_change_fn *fn, void *ctx,
                           struct error *err)
{
    sqlite3_stmt *st = s->st[SQL_CHANGES];
    int rc;
    sqlite3_bind_int64(st, 1, s->scope);
    sqlite3_bind_int64(st, 2, from_ms);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        const struct series_change c = {sqlite3_column_int64(st, 0),
                                        db_text(st, 1),
                                        db_text(st, 2),
                                        db_text(st, 3),
                                        db_text(st, 4),
                                        db_text(st, 5)};
        fn(ctx, &c);
    }
    enum status status = rc == SQLITE_DONE ? ST_OK : db_error(s->db, rc, err);
    sqlite3_reset(st);
    return status;
}
