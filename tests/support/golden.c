/* golden.c: screens are compared row by row, since a screen's rows do not move against each other:
 * the difference shows both rows and the first column that differs. */
#include "golden.h"

#include "base/str.h"
#include "files.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct golden_mask golden_masks_usual[] = {
    {"127\\.0\\.0\\.1:[0-9]+", "127.0.0.1:PORT"},
    {"[0-9][0-9]:[0-9][0-9]:[0-9][0-9]", "HH:MM:SS"},
    {"[0-9]+(\\.[0-9])? ?(ms|s|m|h|d) ago", "AGE ago"},
    {"\\([0-9]+(ms|s|m|h|d)\\) *", "(AGE) "},
    {NULL, NULL},
};

/* ---- masks --------------------------------------------------------------------------------- */

static void line_mask(const regex_t *re, const char *replace, struct str *line)
{
    struct str out = STR_INIT;
    const char *p = str_text(line);
    regmatch_t m;
    int flags = 0;
    while (*p && regexec(re, p, 1, &m, flags) == 0) {
        str_append(&out, p, (size_t)m.rm_so);
        if (m.rm_eo == m.rm_so) { /* an empty match: step on by one */
            str_add_char(&out, p[m.rm_so]);
            p += m.rm_so + (p[m.rm_so] ? 1 : 0);
        } else {
            str_add(&out, replace);
            p += m.rm_eo;
        }
        flags = REG_NOTBOL;
    }
    str_add(&out, p);
    str_finish(line);
    *line = out;
}

static bool line_mask_all(const struct golden_mask *masks, struct str *line)
{
    for (; masks && masks->regex; masks++) {
        regex_t re;
        if (regcomp(&re, masks->regex, REG_EXTENDED) != 0) {
            fprintf(stderr, "golden: not a regular expression: %s\n", masks->regex);
            return false;
        }
        line_mask(&re, masks->replace, line);
        regfree(&re);
    }
    while (line->len && line->data[line->len - 1] == ' ')
        str_truncate(line, line->len - 1);
    return true;
}

static bool text_mask(const struct golden_mask *masks, const char *text, struct str *out)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        struct str line = STR_INIT;
        str_append(&line, text, len);
        bool ok = line_mask_all(masks, &line);
        str_add(out, str_text(&line));
        str_add_char(out, '\n');
        str_finish(&line);
        if (!ok)
            return false;
        text += len + (text[len] == '\n');
    }
    return true;
}

/* ---- the difference ------------------------------------------------------------------------ */

static size_t common_prefix(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t i = 0;
    while (i < a_len && i < b_len && a[i] == b[i])
        i++;
    return i;
}

/* Columns of the first `bytes` bytes, counting characters: near enough for a caret. */
static int characters(const char *s, size_t bytes)
{
    int n = 0;
    for (size_t i = 0; i < bytes; i++)
        n += ((unsigned char)s[i] & 0xc0) != 0x80;
    return n;
}

static void difference_print(const char *want, const char *got)
{
    for (int row = 0; *want || *got; row++) {
        size_t w = strcspn(want, "\n"), g = strcspn(got, "\n");
        if (w == g && memcmp(want, got, w) == 0) {
            fprintf(stderr, "  %3d |%.*s\n", row, (int)w, want);
        } else {
            int at = characters(want, common_prefix(want, w, got, g));
            fprintf(stderr, "- %3d |%.*s\n+ %3d |%.*s\n       %*s^ column %d\n", row, (int)w, want,
                    row, (int)g, got, at, "", at);
        }
        want += w + (want[w] == '\n');
        got += g + (got[g] == '\n');
    }
}

bool golden_check_in(const char *dir, const char *name, const char *text,
                     const struct golden_mask *masks)
{
    struct str got = STR_INIT, want = STR_INIT, file = STR_INIT, path = STR_INIT;
    const char *update = getenv("GOLDEN_UPDATE");
    bool ok = text_mask(masks, text, &got);
    str_printf(&path, "%s/%s.txt", dir, name);
    if (ok && update && *update && strcmp(update, "0") != 0) {
        ok = file_write(str_text(&path), str_text(&got), got.len, 0644);
        fprintf(stderr, "golden: %s written\n", str_text(&path));
    } else if (ok && !file_read(str_text(&path), &file)) {
        fprintf(stderr, "golden: no %s; GOLDEN_UPDATE=1 writes it. The text:\n%s", str_text(&path),
                str_text(&got));
        ok = false;
    } else if (ok && text_mask(masks, str_text(&file), &want) &&
               strcmp(str_text(&want), str_text(&got)) != 0) {
        fprintf(stderr, "golden: %s differs (- as judged right, + now):\n", str_text(&path));
        difference_print(str_text(&want), str_text(&got));
        ok = false;
    }
    str_finish(&got);
    str_finish(&want);
    str_finish(&file);
    str_finish(&path);
    return ok;
}

bool golden_check(const char *name, const char *text, const struct golden_mask *masks)
{
    return golden_check_in("tests/screen/golden", name, text, masks);
}
