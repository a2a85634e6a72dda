/* file.c: see file.h. The lines are a chain: each ends in the first letters of the SHA-256 of the
 * line before it and its own text, and the last line holds the whole sum. So an edit shows at its
 * line, a line that is missing or moved at the next one, and a cut at the end.
 *
 *   {"paddock_plan":1,"id":"7F3A21C9",...,"count":2,"sum":"...","items":[
 *   {"kind":"update","state":"waiting","id":"pa_1",...,"sum":"..."},
 *   {"kind":"update","state":"same","id":"pa_2",...,"sum":"..."}
 *   ],"sha256":"..."}
 *
 * It is JSON for everybody; paddock reads it by the line, with the record scanner's strict rules,
 * so that numbers keep their digits. */
#include "plan/file.h"

#include "base/fd.h"
#include "base/mem.h"
#include "base/when.h"
#include "model/json.h"
#include "model/json_scan.h"
#include "model/scan.h"
#include "plan/file_line.h"
#include "plan/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX ((size_t)1 << 30)
#define LINE_SUM       16
#define SUM_KEY        ",\"sum\":\""
#define HEAD_END       ",\"items\":["
#define LAST_BEGIN     "],\"sha256\":\""

struct chain {
    char sum[SHA256_HEX + 1]; /* of all lines so far; "" before the first */
};

static void chain_add(struct chain *c, struct span text)
{
    struct sha256 s;
    sha256_begin(&s);
    sha256_add(&s, span_of(c->sum));
    sha256_add(&s, text);
    sha256_end(&s, c->sum);
}

/* ---- writing ------------------------------------------------------------------------------- */

/* Appends a line: its text, its sum, and what closes it. */
static void put_line(struct chain *c, struct str *line, const char *end, struct str *out)
{
    chain_add(c, span_from(line));
    str_add_span(out, span_from(line));
    str_add(out, SUM_KEY);
    str_append(out, c->sum, LINE_SUM);
    str_printf(out, "\"%s\n", end);
    str_clear(line);
}

void plan_file_text(const struct plan *plan, struct str *out)
{
    struct chain chain = {""};
    struct str line = STR_INIT;
    plan_head_line(plan, &line);
    put_line(&chain, &line, HEAD_END, out);
    for (uint32_t i = 0; i < plan->count; i++) {
        plan_item_line(&plan->items[i], &line);
        put_line(&chain, &line, i + 1 < plan->count ? "}," : "}", out);
    }
    str_printf(out, LAST_BEGIN "%s\"}\n", chain.sum);
    str_finish(&line);
}

static enum status write_all(int fd, struct span text, struct error *err)
{
    if (fd_write_all(fd, text) && fsync(fd) == 0)
        return ST_OK;
    return error_set(err, ST_IO, "%s", strerror(errno));
}

/* Written as it is, since a file renamed over it would replace it. */
static enum status write_special(const struct plan *plan, const char *path, struct error *err)
{
    struct str text = STR_INIT;
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    plan_file_text(plan, &text);
    bool good = fd >= 0 && fd_write_all(fd, span_from(&text));
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    str_finish(&text);
    return good ? ST_OK : error_set(err, ST_IO, "%s: %s", path, strerror(why));
}

enum status plan_file_write(const struct plan *plan, const char *path, struct error *err)
{
    if (fd_is_special(path))
        return write_special(plan, path, err);
    struct str text = STR_INIT, part = STR_INIT;
    str_printf(&part, "%s.part-%ld", path, (long)getpid());
    int fd = open(part.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum status st = ST_OK;
    if (fd < 0) {
        st = error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    } else {
        plan_file_text(plan, &text);
        st = write_all(fd, span_from(&text), err);
        if (close(fd) != 0 && st == ST_OK)
            st = error_set(err, ST_IO, "%s", strerror(errno));
        if (st == ST_OK && rename(part.data, path) != 0)
            st = error_set(err, ST_IO, "%s", strerror(errno));
        if (st != ST_OK) {
            error_prefix(err, "%s", path);
            unlink(part.data);
        }
    }
    str_finish(&text);
    str_finish(&part);
    return st;
}

/* ---- reading ------------------------------------------------------------------------------- */

struct reader {
    const char *name;
    struct span rest;
    unsigned line; /* the one that was taken last */
    struct chain chain;
};

static enum status refuse(const struct reader *r, struct error *err, const char *what)
{
    error_set(err, ST_CONFIG, "%s:%u: %s", r->name, r->line, what);
    error_next(err, "make the plan again; a plan's file is not edited by hand");
    return ST_CONFIG;
}

static enum status cut_short(const struct reader *r, struct error *err)
{
    error_set(err, ST_CONFIG, "%s: cut short after line %u", r->name, r->line);
    error_next(err, "copy the whole file again");
    return ST_CONFIG;
}

/* The next line without its end; false when the bytes end before it does. */
static bool next_line(struct reader *r, struct span *line)
{
    const char *end = r->rest.len ? memchr(r->rest.p, '\n', r->rest.len) : NULL;
    if (!end)
        return false;
    *line = (struct span){r->rest.p, (size_t)(end - r->rest.p)};
    r->rest = (struct span){end + 1, r->rest.len - line->len - 1};
    r->line++;
    return true;
}

static bool take_end(struct span *line, const char *end)
{
    size_t n = strlen(end);
    if (line->len < n || memcmp(line->p + line->len - n, end, n) != 0)
        return false;
    line->len -= n;
    return true;
}

/* Checks the line's sum; *line becomes its text without it. */
static enum status check_sum(struct reader *r, struct span *line, const char *end,
                             struct error *err)
{
    size_t tail = strlen(SUM_KEY) + LINE_SUM + 1;
    if (!take_end(line, end) || line->len < tail)
        return refuse(r, err, "not a line of a plan, or edited");
    struct span text = {line->p, line->len - tail};
    const char *sum = text.p + text.len;
    chain_add(&r->chain, text);
    if (memcmp(sum, SUM_KEY, strlen(SUM_KEY)) != 0 ||
        memcmp(sum + strlen(SUM_KEY), r->chain.sum, LINE_SUM) != 0 || sum[tail - 1] != '"')
        return refuse(r, err, "edited: its checksum does not fit");
    *line = text;
    return ST_OK;
}

static enum status read_head(struct reader *r, struct plan_head *head, uint32_t *count,
                             struct error *err)
{
    struct span line, raw;
    int64_t version = 0;
    if (!next_line(r, &line)) {
        r->line = 1;
        return r->rest.len ? refuse(r, err, "not a plan, or cut short") : cut_short(r, err);
    }
    struct str object = STR_INIT;
    str_add_span(&object, line);
    bool known = take_end(&line, HEAD_END);
    str_clear(&object);
    str_add_span(&object, line);
    str_add_char(&object, '}');
    known = known && plan_line_member(span_from(&object), "paddock_plan", &raw) &&
            json_whole(raw, &version);
    str_finish(&object);
    if (!known)
        return refuse(r, err, "not a plan of paddock");
    if (version > PLAN_FILE_VERSION)
        return refuse(r, err, "made by a newer paddock");
    enum status st = check_sum(r, &line, "", err);
    if (st == ST_OK && !plan_head_read(line, head, count))
        st = refuse(r, err, "not the head of a plan");
    return st;
}

static enum status read_item(struct reader *r, struct plan *plan, bool last, struct error *err)
{
    struct span line;
    struct error why;
    if (!next_line(r, &line))
        return cut_short(r, err);
    enum status st = check_sum(r, &line, last ? "}" : "},", err);
    if (st == ST_OK && plan_item_read(line, plan, &why) != ST_OK)
        st = refuse(r, err, why.what);
    return st;
}

static enum status read_last(struct reader *r, struct error *err)
{
    struct span line;
    struct str wanted = STR_INIT;
    if (!next_line(r, &line))
        return cut_short(r, err);
    str_printf(&wanted, LAST_BEGIN "%s\"}", r->chain.sum);
    bool good = span_eq(line, span_from(&wanted));
    str_finish(&wanted);
    if (!good)
        return refuse(r, err, "edited: the sum of the whole file does not fit");
    r->line++;
    return r->rest.len == 0 ? ST_OK : refuse(r, err, "something follows the plan's end");
}

enum status plan_file_parse(const char *name, struct span text, struct plan **out,
                            struct error *err)
{
    struct reader r = {.name = name, .rest = text};
    struct plan_head head;
    uint32_t count = 0;
    *out = NULL;
    enum status st = read_head(&r, &head, &count, err);
    if (st != ST_OK)
        return st;
    struct plan *plan = plan_create(&head);
    for (uint32_t i = 0; st == ST_OK && i < count; i++)
        st = read_item(&r, plan, i + 1 == count, err);
    if (st == ST_OK)
        st = read_last(&r, err);
    if (st != ST_OK)
        plan_destroy(plan);
    else
        *out = plan;
    return st;
}

static enum status slurp(int fd, struct str *out, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return error_set(err, ST_IO, "not a plain file");
    if (st.st_size < 0 || (size_t)st.st_size > FILE_BYTES_MAX)
        return error_set(err, ST_IO, "too large");
    if (fd_read_all(fd, FILE_BYTES_MAX, out))
        return ST_OK;
    return error_set(err, ST_IO, "%s", errno == EFBIG ? "too large" : strerror(errno));
}

enum status plan_file_read(const char *path, struct plan **out, struct error *err)
{
    struct str text = STR_INIT;
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set(err, ST_IO, "%s: %s", path, strerror(errno));
    enum status st = slurp(fd, &text, err);
    if (st != ST_OK)
        error_prefix(err, "%s", path);
    close(fd);
    if (st == ST_OK)
        st = plan_file_parse(path, span_from(&text), out, err);
    str_finish(&text);
    return st;
}

bool plan_of_other_profile(const struct plan *plan, const char *profile)
{
    return *profile && plan->head.profile[0] && strcmp(plan->head.profile, profile) != 0;
}

enum status plan_belongs(const struct plan *plan, const struct plan_place *here, struct error *err)
{
    const struct plan_head *h = &plan->head;
    if (strcmp(h->origin, here->origin) != 0 || strcmp(h->org, here->org) != 0) {
        error_set(err, ST_CONFLICT, "plan %s is for %s at %s, this profile is for %s at %s", h->id,
                  h->org, h->origin, here->org, here->origin);
        error_next(err, "choose the profile that it was made with: %s",
                   h->profile[0] ? h->profile : "its url and org");
        return ST_CONFLICT;
    }
    if (!plan_of_other_profile(plan, here->profile))
        return ST_OK;
    error_set(err, ST_CONFLICT, "plan %s was made with profile %s%s%s%s, this is profile %s", h->id,
              h->profile, h->label[0] ? " (" : "", h->label, h->label[0] ? ")" : "", here->profile);
    error_next(err, "-p %s, or --other-profile when it is the same place to you", h->profile);
    return ST_CONFLICT;
}
