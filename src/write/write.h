/* write.h: one write as a state machine: what the server had, what was asked, what it kept.
 *
 * CHECK (GET just before) -> [CONFLICT: the operator chooses] -> PREVIEW (the operator agrees) ->
 * INTENT (durable) -> SENT (once) -> READBACK (GET, every settable field compared) -> DONE; and
 * UNKNOWN when it left and no readable answer came: looked at again at 0, 2 and 10 s, then with
 * back-off. Console and command line drive the same machine. Faults F01-F16, F29. */
#ifndef WRITE_WRITE_H
#define WRITE_WRITE_H

#include "api/api.h"
#include "fleet/fleet.h"
#include "loop/loop.h"
#include "model/account.h"
#include "model/patch.h"
#include "store/journal.h"

enum write_state {
    WRITE_CHECK,    /* reading the account as it is now */
    WRITE_CONFLICT, /* fields changed by others and by me: write_resolve */
    WRITE_PREVIEW,  /* ready: write_confirm or write_cancel */
    WRITE_INTENT,   /* waiting for the journal */
    WRITE_SENT,
    WRITE_READBACK,
    WRITE_UNKNOWN, /* left, outcome not known; being looked at */
    WRITE_DONE,    /* see write_result */
};

enum write_outcome {
    WRITE_NONE,        /* not done yet */
    WRITE_APPLIED,     /* read back: as asked */
    WRITE_DIFFERENT,   /* applied; the server kept something differently (write_diff) */
    WRITE_NOT_APPLIED, /* refused or never left: error and details say why */
    WRITE_NO_CHANGE,   /* nothing to send */
    WRITE_CONFLICTING, /* an unknown write: neither the intent nor the base is there now */
    WRITE_NOT_SEEN,    /* an unknown write: the base is there as of now; watched */
    WRITE_CANCELLED,   /* by the operator before it was sent */
    WRITE_RELEASED,    /* an unknown write that the operator gave up watching */
};

struct write_spec {
    enum journal_kind kind;
    const struct account *base; /* UPDATE, DELETE: the copy that the form began from; copied */
    const struct account *mine; /* CREATE, UPDATE: what is wanted; copied */
    const char *reason;         /* "" or NULL: none */
    int64_t undoes;             /* the journal entry that this takes back; 0: none */
    bool same_name;             /* CREATE: also when the fleet has an account of that name */
    const char *plan;           /* the plan that it is a part of; "" or NULL: none */
    int64_t item;               /* which of its items, from 0 */
    /* The server's refusal (409, 412) of the same wish before, for write_refused; copied; or NULL
     */
    const struct error *refused;
};

/* What writes share. All (borrowed), journal may be NULL: then writes are refused with a word. */
struct writes_env {
    struct loop *loop;
    struct api *api;
    struct fleet *fleet;
    struct journal *journal;
    const char *profile, *operator_name; /* copied */
    enum patch_policies policies;
    const char
        *origin; /* "https://gw.example.net:8443", the journal's key; copied; NULL: api_host() */
    const char *no_journal; /* why journal is NULL, in words; copied; may be NULL */
};
struct writes;
struct writes *writes_create(const struct writes_env *env);
/* Hands in a journal that was opened later (borrowed), or, NULL, why there is none (copied): what
 * env would have said. Only while there is none. */
void writes_set_journal(struct writes *w, struct journal *journal, const char *no_journal);
/* Writes that are open are left UNKNOWN in the journal. */
void writes_destroy(struct writes *w);
/* How many have left or are not settled: quitting asks. */
size_t writes_open(const struct writes *w);

struct write;
typedef void write_fn(void *ctx, struct write *write);

/* The open ones, oldest first: the first from place *at on, which goes behind it; begin with 0.
 * NULL: no more. Valid until the loop's next turn. */
struct write *writes_open_next(const struct writes *w, size_t *at);
/* Called after each change of any write, resumed and detached ones too. One listener. */
void writes_listen(struct writes *w, write_fn *fn, void *ctx);
/* Whether a write could be sent now: ST_OK, or why not (no journal, read-only), for screens to say
 * before a form is filled in. write_confirm checks the same. */
enum status writes_ready(const struct writes *w, struct error *err);
/* Takes up what is open in the journal for this origin and org and whose owner is gone (F29), or
 * that an earlier `writes` of this process left: each becomes a detached write in WRITE_UNKNOWN
 * that is looked at. An intent whose process died may have been sent, so it is UNKNOWN too. Returns
 * how many; busy or failing journals leave them for the next call. Call again to take up writes of
 * processes that die later. */
size_t writes_resume(struct writes *w);
/* The journal's number of a write that is not settled and that another process looks after: on
 * account `id`, or, id "", that creates one of that name; 0: none, or the journal cannot be read,
 * and then nothing can be sent either. */
int64_t writes_elsewhere(const struct writes *w, struct span id, struct span name);
/* Looks which writes other processes look after: their accounts carry a word for it (fleet_lock)
 * until they are settled; those whose process is gone are taken up (writes_resume). To be called
 * once a second or so; cheap when nothing was added. */
void writes_look_elsewhere(struct writes *w);
/* Why the journal could not be written the last time; ST_OK when fine. (borrowed) */
const struct error *writes_journal_error(const struct writes *w);
/* Whether the journal has, durable, what became of every write so far: a command tells it after
 * that. A journal that cannot be written is tried again; writes_journal_error says why. */
bool writes_recorded(const struct writes *w);

/* Starts the CHECK (CREATE: a search of the fleet for the name). changed is called from the loop on
 * each change of state. Owned by w; valid until write_close. */
struct write *write_start(struct writes *w, const struct write_spec *spec, write_fn *changed,
                          void *ctx);
/* PREVIEW -> INTENT. Nothing else sends. When the CHECK is older than two seconds it is made again
 * first (F16): the state goes through CHECK, and ends in PREVIEW or CONFLICT again when what would
 * be sent is no longer what was shown. Refused (DONE, not applied) without a journal, when
 * read-only, or while another write on the account is not settled, here or in another process of
 * this journal (write_held_back). */
void write_confirm(struct write *write);
/* Takes the agreement back while nothing has left for the journal: a CHECK that is made again ends
 * in PREVIEW (or CONFLICT), and waits for another write_confirm. Otherwise it does nothing. */
void write_hold(struct write *write);
/* Why it is done, for the journal; until it is confirmed. Copied. */
void write_set_reason(struct write *write, struct span reason);
/* CONFLICT -> PREVIEW with what the operator chose: in a conflicting field `mine` holds the
 * operator's or the server's value. Copied. DELETE: the account is to go as it is now; mine is not
 * looked at and may be NULL. */
void write_resolve(struct write *write, const struct account *mine);
/* UNKNOWN: looks again now. */
void write_look(struct write *write);
/* UNKNOWN: the operator gives it up: DONE, released, unlocked. */
void write_release(struct write *write);
/* UNKNOWN and seen three times as it was before: sends an UPDATE or a DELETE once more, as a new
 * entry of the journal, after a typed confirmation. ST_USAGE and words when it may not: never a
 * CREATE. */
enum status write_send_again(struct write *write, struct error *err);
/* UNKNOWN CREATE that found several accounts which could be the new one: their ids, (borrowed). */
size_t write_candidates(const struct write *write, const char **ids, size_t room);
/* The operator says which one it is. ST_NOT_FOUND: not one of them. */
enum status write_adopt(struct write *write, const char *id, struct error *err);
/* DONE and not applied: the same wish once more, for write_start; of an UPDATE whose account is
 * gone (F07) a CREATE of what it was to become, which is put into `room` (initialised by the
 * caller). The spec borrows from both until write_start. False: there is nothing to try again. */
bool write_again_spec(const struct write *write, struct account *room, struct write_spec *spec);
/* Exchanges the listener, and keeps a detached write until write_close. */
void write_listen(struct write *write, write_fn *changed, void *ctx);
/* Looks on at a write that somebody else holds, after its holder: one at a time. It stays valid
 * until the end of that, fn NULL, also when its holder closes it. False: somebody looks on already.
 */
bool write_watch(struct write *write, write_fn *fn, void *ctx);
/* Whether it is on the account with this id, or, for a create (id ""), a create of this name. */
bool write_concerns(const struct write *write, struct span id, struct span name);
/* Whether somebody listens to it: then nobody else may take it over. */
bool write_attended(const struct write *write);
bool write_watched(const struct write *write); /* whether somebody looks on (write_watch) */
/* Before it was sent: WRITE_CANCELLED. After: only detaches the listener, the machine goes on. */
void write_close(struct write *write);

/* In a listener: whether state or outcome are others than at the news before; else it was looked at
 * once more, and is as it was. */
bool write_is_news(const struct write *write);
enum write_state write_state(const struct write *write);
enum write_outcome write_outcome(const struct write *write);
enum journal_kind write_kind(const struct write *write);
const struct error *write_error(const struct write *write); /* (borrowed) */
/* DONE and not applied: the permission that the server wants for it (a 403), "" when it named none.
 * Raw text. (borrowed) */
struct span write_permission(const struct write *write);
/* DONE, not applied and never sent: an earlier write on the account was not settled; it may have
 * its turn when that one is. Not of one that was to be sent again: that stays UNKNOWN, and what
 * comes of it is its own outcome. */
bool write_held_back(const struct write *write);
/* The details of a 422, until the next change of state. */
const struct api_detail *write_details(const struct write *write, size_t *count);
const struct merge *write_merge(const struct write *write);    /* after CHECK of an UPDATE */
const struct account *write_base(const struct write *write);   /* (borrowed) */
const struct account *write_server(const struct write *write); /* as CHECK read it; or NULL */
const struct account *write_target(const struct write *write); /* what will be there */
const struct account *write_after(const struct write *write);  /* as read back; or NULL */
/* The settable fields that the request changes. */
const struct field_set *write_fields(const struct write *write);
/* Asked and kept differently; and changed though not asked (collateral). */
const struct field_set *write_not_kept(const struct write *write);
const struct field_set *write_collateral(const struct write *write);
/* The exact body that will be, or was, sent; "" for a delete. (borrowed) */
const char *write_body(const struct write *write);
int64_t write_op(const struct write *write); /* the journal's number, 0 before INTENT */
/* How the server refused it (409, 412: F09), until it is sent again: the account was read again
 * since, and what would be sent now stands against that; NULL: it did not. (borrowed) */
const struct error *write_refused(const struct write *write);
/* DONE: refused so, and when it was read again none of its settings was another than it was based
 * on: the refusal is about something else, and only the operator can say what now. */
bool write_refusal_stands(const struct write *write);
/* The entry of a sending that a 409 ended, whose wish was looked at again since; 0: none. */
int64_t write_op_refused(const struct write *write);
const char *write_plan(const struct write *write); /* "" when it is of none */
int64_t write_plan_item(const struct write *write);
const char *write_account_id(const struct write *write);   /* "" for a create without one yet */
const char *write_account_name(const struct write *write); /* as shown to the operator */
/* What confirms it when typed: [0] the name (of a new account the wanted one), or the id of an
 * account without one; [1] the id, which does as well: not every name can be typed on every
 * keyboard; empty where there is none. (borrowed) */
void write_confirm_words(const struct write *write, struct span words[2]);
/* Whether the text is one of them; an empty one never is. */
bool write_confirmed_by(const struct write *write, struct span typed);
const char *write_reason(const struct write *write); /* "": none */
int64_t write_undoes(const struct write *write);     /* the entry that it takes back; 0: none */
int64_t write_unknown_wall_ms(const struct write *write);   /* since when; WHEN_NONE: never was */
int64_t write_sent_wall_ms(const struct write *write);      /* WHEN_NONE before SENT */
int64_t write_next_look_mono_ms(const struct write *write); /* UNKNOWN: -1 while it is looking */
#define WRITE_LOOKS_AGAIN 3 /* looks in a row that have to see the base before a second sending */
/* UNKNOWN: how many looks in a row saw the account as it was; those without an answer are left out.
 */
unsigned write_looks_unseen(const struct write *write);
const char *write_state_name(enum write_state state);       /* "unknown", static */
const char *write_outcome_name(enum write_outcome outcome); /* "not_applied", static */
/* What became of it, for a person: "not seen on the server so far; it is watched". Static. */
const char *write_outcome_words(const struct write *write);
/* A line for each field that both changed, or of a delete, that was changed since: "  rate.rps: was
 * 20, wanted 7, the server has 9". After a refusal (write_refused) also for each that is wanted or
 * that only others changed. safe: enum text_flags of where it goes. */
void write_conflict_text(const struct write *write, unsigned safe, struct str *out);
/* DONE: a line for each field that the server kept differently, and for each that it changed though
 * it was not sent: "  desc: asked none, the server has spare", "  rate.rps: was 20, the server has
 * none". safe: as above. Nothing without a reading back. */
void write_kept_text(const struct write *write, unsigned safe, struct str *out);
/* The next step when the server changed fields that were not sent; undo: what takes it back, "u".
 */
void write_collateral_next(const struct write *write, const char *undo, struct error *err);
/* Appends what was done, of a write that is done well: "saved and read back: Max tokens/month
 * 400M → 500M", "undone (write 12): created again and read back, new id pa_9". Raw text:
 * text_safe() before a sink. */
void write_done_words(const struct write *write, struct str *out);

#endif
