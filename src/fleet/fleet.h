/* fleet.h: the accounts in memory.
 *
 * Rows are opaque: a row is a number that stays with its account while the fleet lives; screens ask
 * fleet_get(row, field) and never see a record. Inside, each field is a column of its own (an array
 * over rows) by its type, repeated strings are interned, and the JSON as received is kept beside,
 * in packed blocks of about a hundred (fleet/raws).
 * Each row knows the start of the request that brought it: older never overwrites newer, and a read
 * begun before a write's reply never overwrites its read-back. sync/ and write/ meet only here. */
#ifndef FLEET_FLEET_H
#define FLEET_FLEET_H

#include "base/error.h"
#include "base/str.h"
#include "fleet/raws.h"
#include "model/account.h"
#include "model/column.h"
#include "model/field.h"
#include "model/value.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t row_id;
#define ROW_NONE UINT32_MAX

struct fleet;
struct fleet *fleet_create(void);
/* One that keeps the JSON unpacked: for a command that prints all of it once, in any order. */
struct fleet *fleet_create_plain(void);
void fleet_destroy(struct fleet *fleet);
/* Forgets everything (another profile): rows, marks, locks; listeners stay. */
void fleet_clear(struct fleet *fleet);

enum fleet_put { FLEET_NEW, FLEET_CHANGED, FLEET_SAME, FLEET_OLDER, FLEET_BAD };

/* Takes in one account as received at `as_of` (the monotonic start of its request, ms). A record
 * that is bad JSON or has no id comes in as FLEET_BAD: it gets a row of its own (keyed by its
 * bytes) whose fields are PRESENCE_BAD, so that it is shown and costs nothing else. *row (may be
 * NULL) gets the row. A record whose bytes are known costs a hash. */
enum fleet_put fleet_put(struct fleet *fleet, struct span raw, int64_t as_of, row_id *row);
/* The same of a record of an adopted block (raws_adopt of fleet_raws; plain is the block,
 * unpacked): it is not copied, and it is no news. */
enum fleet_put fleet_put_stored(struct fleet *fleet, const struct block *plain,
                                struct raw_place place, int64_t as_of, row_id *row);
/* Removes the account, if nothing newer than as_of is known of it. */
bool fleet_remove(struct fleet *fleet, row_id row, int64_t as_of);
/* From now on, reads of this row begun before `as_of` are older (a write's reply came then). */
void fleet_fence(struct fleet *fleet, row_id row, int64_t as_of);

/* Rows ever used: valid row ids are below it; not all are alive. */
uint32_t fleet_rows(const struct fleet *fleet);
bool fleet_alive(const struct fleet *fleet, row_id row);
uint32_t fleet_count(const struct fleet *fleet);              /* alive */
row_id fleet_find(const struct fleet *fleet, struct span id); /* ROW_NONE */
/* Rows with this name, at most `room` of them; returns how many there are. */
uint32_t fleet_find_name(const struct fleet *fleet, struct span name, row_id *out, uint32_t room);
/* How many accounts have this name, as far as 2: that is two or more. No walk. */
uint32_t fleet_name_holders(const struct fleet *fleet, struct span name);
/* Whether another account has the same name. A look at the row alone. */
bool fleet_name_shared(const struct fleet *fleet, row_id row);

/* The value; texts are (borrowed) until the row changes. */
void fleet_get(const struct fleet *fleet, row_id row, enum field field, struct value *out);
/* Whether two rows have the same text in a field, as fleet_get's text says: one that has none has
 * an empty one. For a walk over all rows: texts are kept once, so their numbers are compared. */
bool fleet_same_text(const struct fleet *fleet, row_id a, row_id b, enum field field);
/* Says which values will be asked for next; only speed depends on it. */
void fleet_expect(const struct fleet *fleet, const row_id *rows, size_t row_count,
                  const enum field *fields, size_t field_count);
/* For filters, sorting and columns. */
struct row_source fleet_row_source(const struct fleet *fleet, row_id row);
/* The JSON as received; (borrowed) until the next call of this, fleet_base_raw, fleet_account or
 * fleet_put. Unpacks some 100 kB when the row's block was not looked at lately. */
struct span fleet_raw(const struct fleet *fleet, row_id row);
/* Whether its record has fields that the field table does not know: then fleet_raw is worth reading
 * for them, which may cost an unpacking. */
bool fleet_has_unknown(const struct fleet *fleet, row_id row);
int64_t fleet_as_of(const struct fleet *fleet, row_id row);
/* Why a FLEET_BAD row is bad; "" otherwise. (borrowed) */
const char *fleet_bad(const struct fleet *fleet, row_id row);
/* The whole account, into an initialised struct. */
enum status fleet_account(const struct fleet *fleet, row_id row, struct account *out,
                          struct error *err);

/* What happened to an account since its row was settled: between two complete syncs, for who keeps
 * a history. A row that came from an adopted block begins settled. */
enum fleet_news {
    FLEET_NEWS_NONE,
    FLEET_NEWS_NEW,
    FLEET_NEWS_MOVED, /* only in fields that move by themselves (FF_MOVES), or none at all */
    FLEET_NEWS_CHANGED,
    FLEET_NEWS_GONE
};
/* row < fleet_rows(), alive or not. MOVED, CHANGED: its record has other bytes, or had meanwhile.
 */
enum fleet_news fleet_news(const struct fleet *fleet, row_id row);
/* MOVED, CHANGED, GONE: the record as it was then; (borrowed) as fleet_raw. */
struct span fleet_base_raw(const struct fleet *fleet, row_id row);
void fleet_settle(struct fleet *fleet, row_id row);

/* Where the JSON as received is; nowhere for a dead row. */
struct raw_place fleet_raw_place(const struct fleet *fleet, row_id row);
/* The blocks of the JSON as received, for who copies them; (borrowed) until fleet_clear. */
struct raws *fleet_raws(struct fleet *fleet);
/* Moves the records out of one block that is mostly gaps; false when none is worth it. To be called
 * now and then, some 200 us a time. */
bool fleet_tidy(struct fleet *fleet);

/* Marks belong to accounts. */
bool fleet_marked(const struct fleet *fleet, row_id row);
void fleet_mark(struct fleet *fleet, row_id row, bool marked);
/* The same of many, with one event. */
void fleet_mark_many(struct fleet *fleet, const row_id *rows, size_t count, bool marked);
uint32_t fleet_marked_count(const struct fleet *fleet);
/* Grows with every mark that is set or taken away. */
uint64_t fleet_marks_version(const struct fleet *fleet);
void fleet_unmark_all(struct fleet *fleet);

/* A lock is a word about a write that is open on the account ("outcome unknown since 14:02:31Z");
 * NULL unlocks. The text is copied. Sync goes on reading a locked row. */
void fleet_lock(struct fleet *fleet, row_id row, const char *why);
const char *fleet_locked(const struct fleet *fleet, row_id row); /* NULL: not locked; (borrowed) */

/* News, as typed events, to at most 8 listeners. Called at once, after the change. */
enum fleet_event_type {
    FLEET_EV_ADDED,
    FLEET_EV_CHANGED,
    FLEET_EV_REMOVED,
    FLEET_EV_CLEARED,
    FLEET_EV_STATE
};
struct fleet_event {
    enum fleet_event_type type;
    row_id row;                     /* not for CLEARED */
    const struct field_set *fields; /* CHANGED: which; (borrowed) */
};                                  /* STATE: mark or lock; ROW_NONE: of many */
typedef void fleet_listener(void *ctx, const struct fleet_event *event);
void fleet_listen(struct fleet *fleet, fleet_listener *fn, void *ctx);
void fleet_unlisten(struct fleet *fleet, fleet_listener *fn, void *ctx);

/* Whether an account has this text in this field. Walks rows only for a text that some account has
 * in some field. */
bool fleet_has_text(struct fleet *fleet, enum field field, struct span text);
/* The different texts that a TEXT or OPEN field has, the first `room` that are met; returns how
 * many. They are (borrowed) until the fleet changes. A number a row is looked at, no text: quick
 * enough for the opening of a form. */
#define FLEET_WORDS_MAX 32
size_t fleet_words(struct fleet *fleet, enum field field, struct span *out, size_t room);
/* The values of a field with how many alive rows have each (for `f`), most frequent first. TAGS
 * counts key=value pairs. Walks all rows: on request only. mem holds the texts. shown: of each row
 * (fleet_rows) whether it is counted as shown, too; then the most frequent of these come first.
 * NULL: all are. */
struct facet {
    struct span text; /* as value_show SHOW_FULL, or "key=value" */
    uint32_t count, shown;
};
size_t fleet_facets(const struct fleet *fleet, enum field field, const bool *shown,
                    struct arena *mem, struct facet **out);

#endif
