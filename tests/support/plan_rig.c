/* plan_rig.c: see plan_rig.h. */
#include "plan_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(box_text(*(cJSON *const *)a, "name"), box_text(*(cJSON *const *)b, "name"));
}

/* The first accounts by name, as the list shows them. */
void first_five(struct console *c, struct five *f)
{
    cJSON *page = box_json(&c->box, "GET", RIG_ACCOUNTS "?limit=100", NULL, 200);
    cJSON *all[100], *account;
    size_t n = 0;
    cJSON_ArrayForEach(account, cJSON_GetObjectItem(page, "accounts")) all[n++] = account;
    qsort(all, n, sizeof *all, by_name);
    for (int i = 0; i < MARKED; i++) {
        snprintf(f->name[i], sizeof f->name[i], "%s", box_text(all[i], "name"));
        snprintf(f->path[i], sizeof f->path[i], "%s", box_path(all[i]));
        snprintf(f->description[i], sizeof f->description[i], "%s",
                 box_text(all[i], "description"));
    }
    cJSON_Delete(page);
}

bool description_is(struct console *c, const struct five *f, int i, const char *want)
{
    cJSON *account = box_json(&c->box, "GET", f->path[i], NULL, 200);
    bool same = strcmp(box_text(account, "description"), want) == 0;
    cJSON_Delete(account);
    return same;
}

int how_many_have(struct console *c, const struct five *f, const char *description)
{
    int n = 0;
    for (int i = 0; i < MARKED; i++)
        n += description_is(c, f, i, description);
    return n;
}

/* Marks the first five, and plans a description for them. */
void plan_five(struct console *c, struct five *f, const struct console_options *options)
{
    console_open_ready(c, options);
    first_five(c, f);
    plan_marked(c, f);
}

void plan_marked(struct console *c, const struct five *f)
{
    console_keys(c, "Space Space Space Space Space");
    console_see(c, "5 marked");
    console_keys(c, "b");
    console_see(c, "5 accounts");
    console_type(c, "set a field");
    console_keys(c, "Enter");
    console_see(c, "Set a field");
    console_type(c, "desc");
    console_keys(c, "Enter");
    console_see(c, "Set a field: desc");
    console_type(c, NEW);
    console_keys(c, "Enter");
    console_see(c, "5 change");
    console_see(c, "→ " NEW);
    assert_int_equal(how_many_have(c, f, NEW), 0);
}

void plan_agree(struct console *c, int changes)
{
    char word[40];
    snprintf(word, sizeof word, "Type %d to confirm", changes);
    console_see(c, word);
    snprintf(word, sizeof word, "%d", changes);
    console_type(c, word);
    console_keys(c, "Enter");
}

void plan_apply_word(struct console *c, const char *word)
{
    char words[60];
    console_keys(c, "A");
    snprintf(words, sizeof words, "Type %s to confirm", word);
    console_see(c, words);
    console_type(c, word);
    console_keys(c, "Enter");
}

void plan_apply_deletes(struct console *c, int deletes)
{
    char word[40];
    snprintf(word, sizeof word, "delete %d", deletes);
    plan_apply_word(c, word);
}

/* To the plan's end or wherever it gets. */
void plan_apply(struct console *c, int changes)
{
    console_keys(c, "A");
    plan_agree(c, changes);
}
