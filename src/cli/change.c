/* change.c: paddock set, enable, disable, delete and create: what is wanted, from words or a file.
 * How it is done is apply.c's business. */
#include "cli/context.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/text.h"
#include "cli/apply.h"
#include "cli/find.h"
#include "cli/load.h"
#include "model/account.h"
#include "model/scan.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (8 * 1024 * 1024)

/* ---- K=V ----------------------------------------------------------------------------------- */

struct setting {
    enum field field;
    struct span tag;   /* the key of a tag, for tags.KEY */
    struct span value; /* as typed */
};

static enum status unknown_key(struct span key, struct error *err)
{
    struct near near = {key, NULL, 0};
    for (int i = 0; i < FIELD_COUNT; i++)
        if (field_settable((enum field)i)) {
            near_offer(&near, field_info((enum field)i)->key);
            near_offer(&near, field_info((enum field)i)->leaf);
        }
    error_set(err, ST_USAGE, "there is no field \"%.*s\"", (int)(key.len < 80 ? key.len : 80),
              key.p);
    if (near.best)
        error_next(err, "did you mean %s?", near.best);
    else
        error_next(err, "such as quota.tokens=400M, rate.rpm=none, tags.team=search");
    return ST_USAGE;
}

static enum status read_setting(const char *word, struct setting *out, struct error *err)
{
    const char *equals = strchr(word, '=');
    struct span key = {word, (size_t)(equals - word)};
    out->value = span_of(equals + 1);
    out->tag = (struct span){NULL, 0};
    if (key.len > 5 && strncmp(key.p, "tags.", 5) == 0) {
        out->field = FIELD_TAGS;
        out->tag = (struct span){key.p + 5, key.len - 5};
        return ST_OK;
    }
    out->field = field_find(key);
    if (out->field == FIELD_NONE)
        return unknown_key(key, err);
    if (!field_settable(out->field) || !(field_info(out->field)->flags & FF_EDIT))
        return error_set(err, ST_USAGE, "%s is the server's own: it cannot be set",
                         field_info(out->field)->path);
    return ST_OK;
}

/* tags.KEY=VALUE changes one pair and leaves the others; none takes it away. */
struct retag {
    const struct setting *setting;
    struct str pairs;
};

static void keep_pair(void *ctx, struct span key, struct span value)
{
    struct retag *r = ctx;
    if (span_eq(key, r->setting->tag))
        return;
    str_add_span(&r->pairs, key);
    str_add_char(&r->pairs, '\0');
    str_add_span(&r->pairs, value);
    str_add_char(&r->pairs, '\0');
}

static int pair_cmp(struct span pairs, size_t at, struct span key)
{
    return span_cmp((struct span){pairs.p + at, strlen(pairs.p + at)}, key);
}

/* Puts the pair where its key sorts (value.h: pairs stand in the order of their keys). */
static void insert_pair(struct str *pairs, struct span key, struct span value)
{
    struct str pair = STR_INIT;
    size_t at = 0;
    while (at < pairs->len && pair_cmp(span_from(pairs), at, key) < 0) {
        at += strlen(pairs->data + at) + 1;
        at += strlen(pairs->data + at) + 1;
    }
    str_add_span(&pair, key);
    str_add_char(&pair, '\0');
    str_add_span(&pair, value);
    str_add_char(&pair, '\0');
    str_splice(pairs, at, 0, pair.data, pair.len);
    str_finish(&pair);
}

static void set_tag(struct account *a, const struct setting *s)
{
    struct retag r = {s, STR_INIT};
    if (value_known(&a->v[FIELD_TAGS]))
        value_pairs(&a->v[FIELD_TAGS], keep_pair, &r);
    if (!span_is(s->value, "none"))
        insert_pair(&r.pairs, s->tag, s->value);
    int64_t count = 0;
    for (size_t i = 0; i < r.pairs.len; i++)
        count += r.pairs.data[i] == '\0';
    struct value v = value_text(span_from(&r.pairs));
    v.i = count / 2;
    account_set(a, FIELD_TAGS, &v);
    str_finish(&r.pairs);
}

static enum status apply_setting(struct account *a, const struct setting *s, struct error *err)
{
    struct arena mem;
    struct value v;
    if (s->tag.len) {
        set_tag(a, s);
        return ST_OK;
    }
    arena_init(&mem);
    enum status st = value_parse(s->field, s->value, &mem, &v, err);
    if (st == ST_OK)
        account_set(a, s->field, &v);
    else
        error_prefix(err, "%s", field_info(s->field)->key);
    arena_finish(&mem);
    return st;
}

/* ---- targets ------------------------------------------------------------------------------- */

struct change {
    struct cli *cli;
    enum journal_kind kind;
    struct setting *settings; /* owned */
    size_t count;
    const char **targets; /* owned array of words */
    size_t target_count;
};

static enum status split_words(struct change *c, struct error *err)
{
    const struct cli_line *line = &c->cli->line;
    c->settings = mem_calloc((size_t)line->arg_count + 1, sizeof *c->settings);
    c->targets = mem_calloc((size_t)line->arg_count + 1, sizeof *c->targets);
    for (int i = 0; i < line->arg_count; i++) {
        if (line->verb != VERB_SET || !strchr(line->args[i], '=')) {
            c->targets[c->target_count++] = line->args[i];
            continue;
        }
        enum status st = read_setting(line->args[i], &c->settings[c->count++], err);
        if (st != ST_OK)
            return st;
    }
    if (line->verb == VERB_SET && c->count == 0)
        return error_set(err, ST_USAGE, "nothing to set: name fields as quota.tokens=400M");
    if (c->target_count == 0)
        return error_set(err, ST_USAGE, "no account is named: give ids or names");
    if (c->target_count > 1 && c->cli->line.flag[FLAG_CONFIRM])
        return error_set(err, ST_USAGE, "--confirm names one account: name one");
    return ST_OK;
}

static enum status want(const struct change *c, struct account *mine, struct error *err)
{
    enum verb verb = c->cli->line.verb;
    if (verb == VERB_ENABLE || verb == VERB_DISABLE) {
        struct value v = value_int(verb == VERB_ENABLE);
        account_set(mine, FIELD_ENABLED, &v);
    }
    for (size_t i = 0; i < c->count; i++) {
        enum status st = apply_setting(mine, &c->settings[i], err);
        if (st != ST_OK)
            return st;
    }
    return ST_OK;
}

static enum exit_code change_one(struct change *c, struct apply *apply, struct finder *finder,
                                 const char *word)
{
    struct account base, mine;
    struct error err = {0};
    struct str raw = STR_INIT;
    enum exit_code code;
    account_init(&base);
    account_init(&mine);
    enum status st = finder_read(finder, word, &raw, &err);
    if (st == ST_OK)
        st = account_decode(&base, span_from(&raw), &err);
    if (st == ST_OK) {
        account_copy(&mine, &base);
        st = want(c, &mine, &err);
    }
    if (st == ST_OK) {
        struct write_spec spec = {
            .kind = c->kind, .base = &base, .mine = &mine, .reason = apply_reason(c->cli)};
        code = apply_one(apply, &spec, NULL);
    } else {
        code = cli_fail(c->cli, &err);
    }
    str_finish(&raw);
    account_finish(&base);
    account_finish(&mine);
    return code;
}

static enum exit_code change_all(struct change *c)
{
    struct apply apply = {0};
    struct finder finder;
    struct error err = {0};
    enum exit_code code = EXIT_DONE;
    finder_init(&finder, c->cli);
    enum status st = split_words(c, &err);
    if (st == ST_OK)
        st = cli_connect(c->cli, &err);
    if (st == ST_OK)
        st = apply_open(&apply, c->cli, &err);
    if (st != ST_OK)
        code = cli_fail(c->cli, &err);
    for (size_t i = 0; st == ST_OK && i < c->target_count; i++)
        code = apply_code(&apply, code, change_one(c, &apply, &finder, c->targets[i]));
    apply_finish(&apply);
    cli_disconnect(c->cli);
    finder_finish(&finder);
    mem_free(c->settings);
    mem_free(c->targets);
    return cli_flush(c->cli, code);
}

enum exit_code change_run(struct cli *cli)
{
    struct change c = {.cli = cli};
    c.kind = cli->line.verb == VERB_DELETE ? JOURNAL_DELETE : JOURNAL_UPDATE;
    return change_all(&c);
}

/* ---- create -------------------------------------------------------------------------------- */

static enum status read_input(const char *name, struct str *out, struct error *err)
{
    bool in = strcmp(name, "-") == 0;
    FILE *f = in ? stdin : fopen(name, "re");
    char buf[4096];
    size_t n;
    if (!f)
        return error_set(err, ST_USAGE, "%s: %s", name, strerror(errno));
    while (out->len <= FILE_MAX && (n = fread(buf, 1, sizeof buf, f)) > 0)
        str_append(out, buf, n);
    bool failed = ferror(f) != 0;
    if (!in)
        fclose(f);
    if (failed)
        return error_set(err, ST_IO, "%s: cannot be read", name);
    return out->len <= FILE_MAX ? ST_OK : error_set(err, ST_USAGE, "%s is too large", name);
}

struct unknown {
    struct str names;
};

static void on_unknown(void *ctx, struct span path, struct span raw)
{
    struct unknown *u = ctx;
    (void)raw;
    str_printf(&u->names, "%s%.*s", u->names.len ? ", " : "", (int)path.len, path.p);
}

/* What a create cannot do without, and what it cannot take. */
static enum status check_new(const struct account *a, struct error *err)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        const struct field_info *f = field_info((enum field)i);
        const struct value *v = &a->v[i];
        if ((f->flags & FF_REQUIRED) && !value_known(v))
            return error_set(err, ST_USAGE, "%s is required", f->path);
        if (!field_settable((enum field)i) || v->presence == PRESENCE_ABSENT)
            continue;
        enum status st = value_check((enum field)i, v, err);
        if (st != ST_OK) {
            error_prefix(err, "%s", f->path);
            return st;
        }
    }
    return ST_OK;
}

static enum status decode_new(struct account *a, struct span raw, struct error *err)
{
    struct value values[FIELD_COUNT];
    struct unknown u = {STR_INIT};
    struct arena mem;
    arena_init(&mem);
    enum status st = scan_record(raw, values, &mem, on_unknown, &u, err);
    if (st == ST_OK && u.names.len)
        st = error_set(err, ST_USAGE, "unknown fields: %.300s", str_text(&u.names));
    if (st == ST_OK)
        st = account_decode(a, raw, err);
    if (st == ST_OK)
        st = check_new(a, err);
    arena_finish(&mem);
    str_finish(&u.names);
    return st == ST_PARSE ? (enum status)(err->status = ST_USAGE) : st;
}

static enum exit_code create(struct cli *cli, struct apply *apply)
{
    const char *file = cli->line.flag[FLAG_FILENAME];
    struct account mine;
    struct str text = STR_INIT, id = STR_INIT;
    struct error err = {0};
    enum exit_code code;
    account_init(&mine);
    enum status st =
        file ? read_input(file, &text, &err)
             : error_set(&err, ST_USAGE, "name a file with the account: -f FILE or -f -");
    if (st == ST_OK) {
        st = decode_new(&mine, span_from(&text), &err);
        if (st != ST_OK)
            error_prefix(&err, "%s", file);
    }
    if (st == ST_OK)
        st = cli_connect(cli, &err);
    if (st == ST_OK)
        st = apply_open(apply, cli, &err);
    /* The name is looked for in the whole list, so that it is not taken twice. */
    if (st == ST_OK)
        st = load_all(cli, apply->fleet, &err);
    if (st == ST_OK) {
        struct write_spec spec = {
            .kind = JOURNAL_CREATE, .mine = &mine, .reason = apply_reason(cli)};
        code = apply_one(apply, &spec, &id);
        if (code == EXIT_DONE && id.len) {
            str_clear(&text);
            text_safe(&text, str_text(&id), id.len, cli->safe);
            str_add_char(&text, '\n');
            cli_put(cli, &text);
        }
    } else {
        code = cli_fail(cli, &err);
    }
    account_finish(&mine);
    str_finish(&text);
    str_finish(&id);
    return code;
}

enum exit_code create_run(struct cli *cli)
{
    struct apply apply = {0};
    enum exit_code code = create(cli, &apply);
    apply_finish(&apply);
    cli_disconnect(cli);
    return cli_flush(cli, code);
}
