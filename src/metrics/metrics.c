/* metrics.c: see metrics.h. A page is a place in the table of families and a place in the rows. */
#include "metrics/metrics.h"

#include "base/fd.h"
#include "base/mem.h"
#include "metrics/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 32768

struct metrics_page {
    struct metrics_spec spec; /* rows are owned; process is used up at the beginning */
    row_id *rows;
    struct str ready; /* made and not read yet, from `at` on */
    size_t at;
    size_t family;
    uint32_t row;
    bool ended;
};

const char *metrics_content_type(enum metrics_format format)
{
    return format == METRICS_OPENMETRICS
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

struct metrics_page *metrics_page_create(const struct metrics_spec *spec)
{
    struct metrics_page *p = mem_calloc(1, sizeof *p);
    size_t count;
    const struct family *families = metric_families(&count);
    p->spec = *spec;
    p->rows = mem_calloc(spec->row_count ? spec->row_count : 1, sizeof *p->rows);
    if (spec->row_count)
        memcpy(p->rows, spec->rows, spec->row_count * sizeof *p->rows);
    p->spec.rows = p->rows;
    /* The program's own numbers come first in the table and are written while they are there. */
    for (; p->family < count && families[p->family].once; p->family++) {
        metric_head(&families[p->family], spec->format, &p->ready);
        families[p->family].once(&families[p->family], spec, &p->ready);
    }
    return p;
}

void metrics_page_destroy(struct metrics_page *page)
{
    if (!page)
        return;
    str_finish(&page->ready);
    mem_free(page->rows);
    mem_free(page);
}

/* The next row of the family, or the next family. */
static void step(struct metrics_page *p)
{
    size_t count;
    const struct family *families = metric_families(&count);
    if (p->family == count) {
        if (p->spec.format == METRICS_OPENMETRICS)
            str_add(&p->ready, "# EOF\n");
        p->ended = true;
        return;
    }
    const struct family *f = &families[p->family];
    if (p->row == 0)
        metric_head(f, p->spec.format, &p->ready);
    if (p->row < p->spec.row_count) {
        row_id row = p->rows[p->row++];
        if (fleet_alive(p->spec.fleet, row) && !*fleet_bad(p->spec.fleet, row))
            f->each(f, &p->spec, row, &p->ready);
    }
    if (p->row == p->spec.row_count) {
        p->row = 0;
        p->family++;
    }
}

size_t metrics_page_read(struct metrics_page *page, char *bytes, size_t room)
{
    if (page->at == page->ready.len) {
        str_clear(&page->ready);
        page->at = 0;
    }
    while (!page->ended && page->ready.len - page->at < room)
        step(page);
    size_t n = page->ready.len - page->at;
    if (n > room)
        n = room;
    if (n)
        memcpy(bytes, page->ready.data + page->at, n);
    page->at += n;
    return n;
}

static enum status write_all(struct metrics_page *page, int fd)
{
    char *piece = mem_alloc(PIECE_BYTES);
    bool good = true;
    for (size_t n; good && (n = metrics_page_read(page, piece, PIECE_BYTES)) > 0;)
        good = fd_write_all(fd, (struct span){piece, n});
    mem_free(piece);
    return good ? ST_OK : ST_IO;
}

enum status metrics_page_file(struct metrics_page *page, const char *path, struct error *err)
{
    struct str tmp = STR_INIT;
    if (fd_is_special(path))
        return error_set(err, ST_IO, "cannot write %s: it is no regular file", path);
    str_printf(&tmp, "%s.XXXXXX", path);
    int fd = mkstemp(tmp.data);
    enum status st = fd < 0 ? ST_IO : write_all(page, fd);
    if (st == ST_OK) {
        /* Read by another user's exporter: mkstemp's 0600 would hide it. */
        if (fchmod(fd, 0644) != 0 || fsync(fd) != 0 || rename(tmp.data, path) != 0)
            st = ST_IO;
    }
    if (st != ST_OK)
        error_set(err, ST_IO, "cannot write %s: %s; the file is as it was", path, strerror(errno));
    if (fd >= 0) {
        if (st != ST_OK)
            unlink(tmp.data);
        close(fd);
    }
    str_finish(&tmp);
    return st;
}
