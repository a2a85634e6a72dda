/* series_work.c: see series.h. Writing in slices: new accounts first, since a sample must not speak
 * of a number that nobody has; then samples; then an hour or a day of one block; then what is too
 * old of one block. Each slice is one transaction. */
#include "base/mem.h"
#include "base/vec.h"
#include "base/when.h"
#include "store/series_private.h"

#include <stdlib.h>
#include <string.h>

#define ACCOUNTS_A_SLICE 512
#define AHEAD_MS         3600000 /* samples that far ahead of the clock were taken by a wrong one */
#define PRUNE_EVERY_MS   3600000
#define CHANGES_KEPT_MS  (INT64_C(7) * 86400000)
#define WAITING_MAX      (32 * 1024 * 1024)

/* ---- taking in ----------------------------------------------------------------------------- */

static int by_account(const void *a, const void *b)
{
    uint32_t x = ((const struct series_entry *)a)->account;
    uint32_t y = ((const struct series_entry *)b)->account;
    return x < y ? -1 : x > y;
}

static void drop_jobs(struct series *s, size_t to)
{
    for (size_t i = s->job_first; i < to; i++) {
        s->waiting_bytes -= s->jobs[i].len;
        mem_free(s->jobs[i].data);
    }
    s->job_first = to;
    if (to == s->job_count)
        s->job_first = s->job_count = 0;
}

static void add_job(struct series *s, uint32_t block, int64_t t_ms,
                    const struct series_entry *entries, size_t count)
{
    struct str blob = STR_INIT;
    struct series_block *b = series_block(s, block);
    series_blob_write(&blob, entries, count);
    if (b->newest_ms != WHEN_NONE && t_ms <= b->newest_ms)
        t_ms = b->newest_ms + 1;
    b->newest_ms = t_ms;
    /* A gap that is filled in lies before hours that were found empty. */
    for (int step = SERIES_HOUR; step < SERIES_STEPS; step++) {
        int64_t begun = t_ms - t_ms % series_step_ms((enum series_step)step);
        if (b->summed[step] > begun)
            b->summed[step] = begun;
    }
    VEC_ROOM(s->jobs, s->job_count, s->job_room);
    struct series_job job = {t_ms, block, NULL, blob.len};
    job.data = str_steal(&blob);
    s->jobs[s->job_count++] = job;
    s->waiting_bytes += job.len;
    /* A disk that has been full for hours costs the oldest samples, not the memory. */
    if (s->waiting_bytes > WAITING_MAX)
        drop_jobs(s, s->job_first + 1);
}

/* The clock was set back by more than is passed over: what it wrote ahead of time is given up, so
 * that time goes on here as it does there (F30). */
static void forget_ahead(struct series *s, int64_t t_ms)
{
    static const enum series_sql both[] = {SQL_AHEAD, SQL_LEVELS_AHEAD};
    struct error err;
    for (size_t i = 0; i < ARRAY_LEN(both); i++) {
        sqlite3_stmt *st = s->st[both[i]];
        sqlite3_bind_int64(st, 1, s->scope);
        sqlite3_bind_int64(st, 2, t_ms);
        if (series_run(s, st, &err))
            return;
    }
    for (size_t b = 0; b < s->block_count; b++) {
        for (int step = SERIES_HOUR; step < SERIES_STEPS; step++) {
            int64_t begun = t_ms - t_ms % series_step_ms((enum series_step)step);
            if (s->blocks[b].summed[step] > begun)
                s->blocks[b].summed[step] = begun;
        }
        if (s->blocks[b].newest_ms >= t_ms)
            s->blocks[b].newest_ms = t_ms - 1;
    }
    s->newest_ms = WHEN_NONE;
}

void series_add(struct series *s, int64_t t_ms, const struct series_entry *entries, size_t count)
{
    if (!s->writes || !count)
        return;
    if (s->newest_ms != WHEN_NONE && t_ms + AHEAD_MS < s->newest_ms)
        forget_ahead(s, t_ms);
    if (s->newest_ms == WHEN_NONE || t_ms > s->newest_ms)
        s->newest_ms = t_ms;
    struct series_entry *sorted = mem_dup(entries, count * sizeof *entries);
    qsort(sorted, count, sizeof *sorted, by_account);
    for (size_t from = 0, to; from < count; from = to) {
        uint32_t block = sorted[from].account / SERIES_BLOCK;
        for (to = from; to < count && sorted[to].account / SERIES_BLOCK == block; to++)
            ;
        add_job(s, block, t_ms, sorted + from, to - from);
    }
    mem_free(sorted);
}

/* ---- writing ------------------------------------------------------------------------------- */

static enum status write_blob(struct series *s, enum series_step step, uint32_t block, int64_t t_ms,
                              const char *data, size_t len, struct error *err)
{
    sqlite3_stmt *st = s->st[SQL_SAMPLE];
    sqlite3_bind_int64(st, 1, s->scope);
    sqlite3_bind_int64(st, 2, step);
    sqlite3_bind_int64(st, 3, block);
    sqlite3_bind_int64(st, 4, t_ms);
    sqlite3_bind_blob(st, 5, data, (int)len, SQLITE_STATIC);
    s->work_bytes += len;
    return series_run(s, st, err);
}

static enum status write_accounts(struct series *s, struct error *err)
{
    enum status status = ST_OK;
    sqlite3_stmt *st = s->st[SQL_ACCOUNT];
    size_t to = s->accounts_kept + ACCOUNTS_A_SLICE;
    to = to < s->accounts.count ? to : s->accounts.count;
    for (size_t i = s->accounts_kept; status == ST_OK && i < to; i++) {
        struct span id = numbered_text(&s->accounts, (uint32_t)i);
        sqlite3_bind_int64(st, 1, s->scope);
        sqlite3_bind_int64(st, 2, (int64_t)i);
        sqlite3_bind_text(st, 3, id.p, (int)id.len, SQLITE_STATIC);
        sqlite3_bind_int64(st, 4, s->first_ms[i]);
        s->work_bytes += id.len;
        status = series_run(s, st, err);
    }
    return status;
}

/* Writes as many as fit a slice; *to: the first that does not. */
static enum status write_jobs(struct series *s, size_t *to, struct error *err)
{
    enum status status = ST_OK;
    size_t i = s->job_first;
    for (; status == ST_OK && i < s->job_count; i++) {
        const struct series_job *job = &s->jobs[i];
        if (i > s->job_first && s->work_bytes + job->len > SERIES_SLICE_BYTES)
            break;
        status = write_blob(s, SERIES_RAW, job->block, job->t_ms, job->data, job->len, err);
    }
    *to = i;
    return status;
}

/* ---- sums ---------------------------------------------------------------------------------- */

static enum status write_levels(struct series *s, uint32_t block, int64_t t_ms,
                                const struct series_sum *hour, struct error *err)
{
    struct series_sum *all = mem_calloc(1, sizeof *all);
    struct str blob = STR_INIT;
    int64_t before;
    enum status status = series_levels(s, block, &before, series_sum_add, all, err);
    for (uint32_t i = 0; i < SERIES_BLOCK; i++) {
        if (hour->present[i])
            series_sum_add(all, t_ms, &hour->entries[i]);
        for (int c = 0; c < SERIES_COUNTERS; c++)
            all->entries[i].gain[c] = 0;
        /* A gain without a level before it says nothing of where the counter is. */
        all->present[i] = all->present[i] && all->entries[i].absolute;
    }
    bool newer = before == WHEN_NONE || t_ms > before; /* an hour that is summed again is in it */
    if (status == ST_OK && newer && series_sum_write(all, &blob)) {
        sqlite3_stmt *st = s->st[SQL_LEVEL];
        sqlite3_bind_int64(st, 1, s->scope);
        sqlite3_bind_int64(st, 2, block);
        sqlite3_bind_int64(st, 3, t_ms);
        sqlite3_bind_blob(st, 4, str_text(&blob), (int)blob.len, SQLITE_STATIC);
        s->work_bytes += blob.len;
        status = series_run(s, st, err);
    }
    str_finish(&blob);
    mem_free(all);
    return status;
}

static enum status write_summed(struct series *s, uint32_t block, struct error *err)
{
    sqlite3_stmt *st = s->st[SQL_SUMMED];
    sqlite3_bind_int64(st, 1, s->scope);
    sqlite3_bind_int64(st, 2, block);
    sqlite3_bind_int64(st, 3, s->blocks[block].summed[SERIES_HOUR]);
    sqlite3_bind_int64(st, 4, s->blocks[block].summed[SERIES_DAY]);
    return series_run(s, st, err);
}

/* The entry of `step` that begins at t_ms, from the finer ones below. */
static enum status sum_up(struct series *s, enum series_step step, uint32_t block, int64_t t_ms,
                          struct error *err)
{
    struct series_sum *sum = mem_calloc(1, sizeof *sum);
    struct str blob = STR_INIT;
    int64_t end = t_ms + series_step_ms(step);
    enum status status = series_read(s, (enum series_step)(step - 1), block, SERIES_NONE, t_ms,
                                     end - 1, series_sum_add, sum, err);
    if (status == ST_OK && series_sum_write(sum, &blob))
        status = write_blob(s, step, block, t_ms, str_text(&blob), blob.len, err);
    if (status == ST_OK && step == SERIES_HOUR)
        status = write_levels(s, block, end, sum, err);
    int64_t before = s->blocks[block].summed[step];
    s->blocks[block].summed[step] = end;
    if (status == ST_OK)
        status = write_summed(s, block, err);
    if (status != ST_OK)
        s->blocks[block].summed[step] = before;
    str_finish(&blob);
    mem_free(sum);
    return status;
}

/* The first entry of the finer step from `from` on; WHEN_NONE. */
static int64_t first_from(struct series *s, enum series_step step, uint32_t block, int64_t from)
{
    sqlite3_stmt *st = s->st[SQL_FIRST];
    sqlite3_bind_int64(st, 1, s->scope);
    sqlite3_bind_int64(st, 2, step);
    sqlite3_bind_int64(st, 3, block);
    sqlite3_bind_int64(st, 4, from);
    int64_t t = WHEN_NONE;
    if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_type(st, 0) != SQLITE_NULL)
        t = sqlite3_column_int64(st, 0);
    sqlite3_reset(st);
    return t;
}

/* Whether a sum of this block is due, and from when. A block with nothing to sum is not asked for
 * again before the next hour or day. */
static bool sum_due(struct series *s, enum series_step step, uint32_t block, int64_t now_ms,
                    int64_t *t_ms)
{
    int64_t length = series_step_ms(step), done = now_ms - now_ms % length;
    struct series_block *b = &s->blocks[block];
    if (step == SERIES_DAY) { /* a day has all its hours first */
        int64_t hours = b->summed[SERIES_HOUR] - b->summed[SERIES_HOUR] % length;
        done = hours < done ? hours : done;
    }
    if (b->summed[step] >= done)
        return false;
    int64_t first = first_from(s, (enum series_step)(step - 1), block, b->summed[step]);
    if (first == WHEN_NONE || first >= done) {
        b->summed[step] = done;
        return false;
    }
    *t_ms = first - first % length;
    return true;
}

static bool next_sum(struct series *s, int64_t now_ms, enum series_step *step, uint32_t *block,
                     int64_t *t_ms)
{
    for (int i = SERIES_HOUR; i < SERIES_STEPS; i++) {
        for (uint32_t b = 0; b < s->block_count; b++) {
            if (sum_due(s, (enum series_step)i, b, now_ms, t_ms)) {
                *step = (enum series_step)i;
                *block = b;
                return true;
            }
        }
    }
    return false;
}

/* ---- what is too old ----------------------------------------------------------------------- */

/* A clock that has just jumped may be wrong, and what is removed is gone: not for an hour then
 * (F30). */
static bool jumped(struct series *s, int64_t now_ms)
{
    int64_t ahead = now_ms - clock_mono(&s->clock), by = ahead - s->clock_ahead;
    if (s->prune_ms == WHEN_NONE || (by > -AHEAD_MS && by < AHEAD_MS)) {
        s->clock_ahead = ahead;
        return false;
    }
    s->clock_ahead = ahead;
    s->prune_ms = now_ms;
    return true;
}

static bool next_prune(struct series *s, int64_t now_ms, uint32_t *block)
{
    bool jump = jumped(s, now_ms);
    if (jump || s->prune_ms == WHEN_NONE || now_ms - s->prune_ms >= PRUNE_EVERY_MS) {
        s->prune_ms = now_ms;
        for (uint32_t b = 0; b < s->block_count; b++)
            s->blocks[b].pruned = jump;
    }
    for (uint32_t b = 0; b < s->block_count; b++) {
        if (!s->blocks[b].pruned) {
            *block = b;
            return true;
        }
    }
    return false;
}

static enum status prune(struct series *s, uint32_t block, int64_t now_ms, struct error *err)
{
    enum status status = ST_OK;
    int before = sqlite3_total_changes(s->db);
    for (int step = 0; status == ST_OK && step < SERIES_STEPS; step++) {
        sqlite3_stmt *st = s->st[SQL_PRUNE];
        sqlite3_bind_int64(st, 1, s->scope);
        sqlite3_bind_int64(st, 2, step);
        sqlite3_bind_int64(st, 3, block);
        sqlite3_bind_int64(st, 4, now_ms - series_keep_ms((enum series_step)step));
        status = series_run(s, st, err);
    }
    if (status == ST_OK) {
        sqlite3_stmt *st = s->st[SQL_PRUNE_CHANGES];
        sqlite3_bind_int64(st, 1, s->scope);
        sqlite3_bind_int64(st, 2, now_ms - CHANGES_KEPT_MS);
        status = series_run(s, st, err);
    }
    s->blocks[block].pruned = status == ST_OK && sqlite3_total_changes(s->db) == before;
    return status;
}

/* ---- one slice ----------------------------------------------------------------------------- */

#define NOTED_A_SLICE 64

static size_t noted_slice(const struct series *s)
{
    return s->noted_count < NOTED_A_SLICE ? s->noted_count : NOTED_A_SLICE;
}

static enum status slice(struct series *s, size_t *jobs_done, size_t *noted_done, bool *did,
                         struct error *err)
{
    int64_t now = clock_wall(&s->clock), t;
    enum series_step step;
    uint32_t block;
    *did = true;
    if (s->accounts_kept < s->accounts.count)
        return write_accounts(s, err);
    if (s->job_first < s->job_count)
        return write_jobs(s, jobs_done, err);
    *noted_done = noted_slice(s);
    if (*noted_done)
        return series_write_noted(s, *noted_done, err);
    if (next_sum(s, now, &step, &block, &t))
        return sum_up(s, step, block, t, err);
    if (next_prune(s, now, &block))
        return prune(s, block, now, err);
    *did = false;
    return ST_OK;
}

enum status series_work(struct series *s, bool *more, struct error *err)
{
    size_t jobs_done = s->job_first, noted_done = 0, accounts = s->accounts_kept;
    bool did = false;
    *more = false;
    s->work_bytes = 0;
    if (!s->begun || !s->writes)
        return ST_OK;
    enum status status = db_exec(s->db, "BEGIN IMMEDIATE", err);
    if (status != ST_OK)
        return status;
    status = slice(s, &jobs_done, &noted_done, &did, err);
    if (status == ST_OK)
        status = db_exec(s->db, "COMMIT", err);
    if (status != ST_OK) {
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
        return status;
    }
    accounts += ACCOUNTS_A_SLICE;
    if (s->accounts_kept < s->accounts.count)
        s->accounts_kept = accounts < s->accounts.count ? accounts : s->accounts.count;
    drop_jobs(s, jobs_done);
    series_drop_noted(s, noted_done);
    *more = did;
    return ST_OK;
}

size_t series_work_bytes(const struct series *s)
{
    return s->work_bytes;
}
