/* sqlite_file.c: a file of the journal with bytes exchanged, or cut short: it opens, or it is kept
 * beside and a new one begun, or it is refused with a reason; never is it dropped (F22). The input
 * is the length that is left and then places and bytes. */
#include "fuzz.h"

#include "base/clock.h"
#include "store/drafts.h"
#include "store/journal.h"
#include "tests/support/files.h"
#include "tests/support/tmpdir.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Nothing here must outlast the machine. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}
int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

static struct world {
    struct tmpdir *dir;
    struct str path, folder, sound;
    struct clock_manual manual;
} w;

static bool intend(struct journal *j, const char *id)
{
    struct journal_entry e = {.kind = JOURNAL_UPDATE, .base = "{\"a\":1}", .body = "{\"a\":2}"};
    struct error err;
    int64_t op;
    snprintf(e.account_id, sizeof e.account_id, "%s", id);
    return journal_intent(j, &e, &op, &err) == ST_OK && journal_flush(j, &err) == ST_OK;
}

static void world_end(void)
{
    tmpdir_destroy(w.dir);
    str_finish(&w.path);
    str_finish(&w.folder);
    str_finish(&w.sound);
}

static void world_begin(void)
{
    struct journal *j = NULL;
    struct error err;
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 0);
    w.dir = tmpdir_create();
    w.manual.wall_ms = 1760968927000;
    tmpdir_path(w.dir, "state/journal.db", &w.path);
    tmpdir_path(w.dir, "state", &w.folder);
    HOLDS(journal_open(&j, w.path.data, clock_from_manual(&w.manual), &err) == ST_OK);
    for (int i = 0; i < 40; i++)
        HOLDS(intend(j, "pa_1"));
    journal_close(j);
    HOLDS(file_read(w.path.data, &w.sound));
    atexit(world_end);
}

static void empty_folder(void)
{
    DIR *d = opendir(w.folder.data);
    for (struct dirent *e; d && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}

/* Files of the folder that are as long as this; a -shm may be by chance. */
static unsigned files_of(size_t bytes)
{
    unsigned n = 0;
    DIR *d = opendir(w.folder.data);
    struct str text = STR_INIT, path = STR_INIT;
    for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
        str_clear(&text);
        str_clear(&path);
        str_printf(&path, "%s/%s", w.folder.data, e->d_name);
        if (strstr(e->d_name, "journal.db.") && !strstr(e->d_name, "-shm") &&
            file_read(path.data, &text))
            n += text.len == bytes;
    }
    if (d)
        closedir(d);
    str_finish(&text);
    str_finish(&path);
    return n;
}

static void on_entry(void *ctx, const struct journal_entry *e)
{
    size_t *n = ctx;
    HOLDS(journal_outcome_name(e->outcome));
    *n += strlen(e->account_id) + (e->base ? strlen(e->base) : 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct journal *j = NULL;
    struct error err;
    size_t read = 0;
    if (!w.dir)
        world_begin();
    if (len < 2 || len > 300)
        return 0;
    struct str file = STR_INIT;
    str_add_span(&file, span_from(&w.sound));
    for (size_t i = 2; i + 3 <= len; i += 3)
        file.data[((size_t)bytes[i] << 8 | bytes[i + 1]) % file.len] = (char)bytes[i + 2];
    size_t left = ((size_t)bytes[0] << 8 | bytes[1]) % (file.len + 1);
    if (bytes[0] >= 0x40) /* mostly whole */
        left = file.len;
    empty_folder();
    HOLDS(file_write(w.path.data, file.data, left, 0600));
    if (journal_open(&j, w.path.data, clock_from_manual(&w.manual), &err) == ST_OK) {
        HOLDS(!strstr(journal_note(j), "corrupt") || files_of(left) == 1);
        if (journal_list(j, "", "", false, 100, on_entry, &read, &err) != ST_OK)
            HOLDS(err.what[0]);
        journal_list(j, "", "", true, 100, on_entry, &read, &err);
        intend(j, "pa_2");
        journal_close(j);
    } else {
        HOLDS(err.status == ST_IO && err.what[0]);
    }
    str_finish(&file);
    return 0;
}
