/* keymap.h: which key does what, where.
 *
 * The defaults are config/keys.cfg, compiled in; the operator's keys.cfg is read after it, by the
 * same reader, and overrides key by key:
 *
 *     list = ( ( "j", "next-row" ), ( "x", "<disabled>" ) );
 *     form = ( ( "^S", "review" ), ... );
 *
 * A setting is a context, a pair a key and an action of action/action.h; "none" or "<disabled>"
 * unbinds the key in that context. A context of a screen falls back to "global". A key unbound in
 * its context does not fall back. */
#ifndef KEYS_KEYMAP_H
#define KEYS_KEYMAP_H

#include "action/action.h"
#include "base/error.h"
#include "keys/key.h"

#include <stdbool.h>
#include <stddef.h>

struct keymap;

#define KEYMAP_GLOBAL 0 /* the context that all others fall back to */

struct keymap *keymap_create(void);
void keymap_destroy(struct keymap *map);

/* The compiled-in config/keys.cfg: defines the contexts. ST_CONFIG would be a bug of ours. */
enum status keymap_load_default(struct keymap *map, struct error *err);
/* Bindings from text over those that are there. Each problem (a key bound twice to different
 * actions in one context of this file, an unknown key, action or context) is a line
 * "file:line: ..." in *problems and its binding is left out; the rest holds. ST_CONFIG when there
 * was any; *err then has the first. problems may be NULL. */
enum status keymap_load(struct keymap *map, const char *text, size_t len, const char *file,
                        struct str *problems, struct error *err);
/* The same from a file. A file that is not there is ST_OK. */
enum status keymap_load_file(struct keymap *map, const char *path, struct str *problems,
                             struct error *err);

/* The number of a context by its name in keys.cfg ("global", "list", "form"), or KEYMAP_GLOBAL when
 * no file has it. */
int keymap_context(const struct keymap *map, const char *name);
size_t keymap_context_count(const struct keymap *map);
const char *keymap_context_name(const struct keymap *map, int context);

/* The action of a key in a context, else globally; ACTION_NONE when there is none. */
enum action_id keymap_lookup(const struct keymap *map, int context, const struct key *key);
/* The same in two: false when no binding speaks of the key there; true with ACTION_NONE when it is
 * bound to nothing. */
bool keymap_decides(const struct keymap *map, int context, const struct key *key,
                    enum action_id *action);
/* keymap_lookup where text is being typed: a key that is text has no action. */
enum action_id keymap_lookup_typing(const struct keymap *map, int context, const struct key *key);

/* Appends the names of the keys that do `action` in `context` (its own first, then global ones that
 * are not hidden), at most `max` (0: all), joined by `between`; returns how many. */
size_t keymap_keys(const struct keymap *map, int context, enum action_id action, size_t max,
                   const char *between, struct str *out);

/* Appends the first of them for the key bar; typing: the first that is not text, since text goes
 * into the line there. False when there is none. */
bool keymap_first(const struct keymap *map, int context, enum action_id action, bool typing,
                  struct str *out);

/* Every binding that acts in a context, in the files' order: own ones, then global ones that are
 * not hidden (with_global). For the help. */
struct keymap_row {
    enum action_id action;
    const struct key *key; /* (borrowed) until the next load */
    bool global;
};
size_t keymap_rows(const struct keymap *map, int context, bool with_global,
                   struct keymap_row **rows); /* mem_free */

#endif
