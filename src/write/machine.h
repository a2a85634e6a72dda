/* machine.h: inside of write/: the struct behind write.h and the steps that move it.
 *
 * Each step is a file: check.c, send.c, readback.c, unknown.c, search.c, record.c (the journal),
 * resume.c; write.c holds the table of allowed moves. A step ends with write_move, write_finish or
 * write_news as its last act: they call listeners, which may do anything to the write but free it
 * (a closed write is freed before the next sleep). */
#ifndef WRITE_MACHINE_H
#define WRITE_MACHINE_H

#include "write/write.h"

#include "base/arena.h"

#define CHECK_FRESH_MS 2000 /* a CHECK no older than this stands for "just before" */
#define CANDIDATES_MAX 8

struct candidate {
    struct str id, raw;
    int64_t as_of;
    bool certain; /* its created_at was readable */
};

/* What is to be added to the journal before the next sleep. */
struct record {
    bool intent, outcome;
    int64_t in_way; /* the entry because of which the intent was not taken; 0: none */
    int64_t op;     /* whose outcome */
    enum journal_outcome as;
    char note[240];
    bool with_after;
};

struct write {
    struct writes *all; /* (borrowed) */
    write_fn *changed;
    void *ctx;
    write_fn *watch; /* looks on beside the holder; NULL: nobody does */
    void *watch_ctx;
    bool closed; /* nobody holds it: freed when it is done, recorded and not watched */

    enum journal_kind kind;
    enum write_state state;
    enum write_outcome outcome;
    struct error error;

    struct account base, mine, server, target, after;
    bool has_server, has_after, has_merge;
    struct merge merge;
    struct field_set fields, not_kept, collateral;
    struct str id, name, reason, body, plan;
    struct str permission; /* that the server misses, as a 403 names it */
    int64_t item;          /* of the plan */
    int64_t undoes;        /* the entry that this takes back, or 0 */
    bool same_name;

    struct arena details_mem;
    struct api_detail *details; /* in details_mem */
    size_t detail_count;

    struct api_call *call;
    loop_timer timer;
    int64_t timer_mono_ms;   /* when it fires */
    int64_t checked_mono_ms; /* start of the CHECK */
    bool confirmed;          /* a CHECK made again after the operator agreed */
    struct error refused;    /* a 409 that nothing was sent after; ST_OK: none */
    bool refused_now;        /* the CHECK under way is the look at what it was about */
    int64_t op;              /* of the last intent */
    int64_t op_refused;      /* by a 409, after which it was checked again; or 0 */
    int64_t op_before;       /* sent again: of the one before, until the new intent is durable */
    int64_t sent_wall_ms;    /* WHEN_NONE */
    uint32_t rows_when_sent; /* rows of the fleet below it were known before */
    bool rows_known;         /* false for one taken up from the journal */
    bool same_news;          /* the last news: nothing of it is another state or outcome */
    bool held_back;          /* not sent: an earlier write on the account is not settled */
    bool accepted;           /* the server answered 2xx */
    bool locked;             /* the row carries our word */
    int64_t unknown_wall_ms; /* since when, also before a restart; WHEN_NONE: it is not */
    unsigned looks;          /* since then, with an answer or without */
    unsigned unseen;         /* looks in a row that saw the account as it was */
    struct record record;
    int busy_tries;

    struct candidate candidates[CANDIDATES_MAX];
    size_t candidate_count;
    struct search *search; /* owned; while one runs */
};

/* A write that another process looks after. */
struct write_other {
    int64_t op, since_wall_ms;
    char id[160], by[80];
};

struct writes {
    struct writes_env env; /* its texts are owned */
    struct write **items;  /* owned */
    size_t count, room;
    write_fn *listener;
    void *listener_ctx;
    bool skew_known;
    int64_t skew_ms; /* the server's clock minus ours */
    loop_timer retry, idle, wake;
    struct error journal_error;
    struct write_other *others; /* owned */
    size_t other_count;
    int64_t others_version; /* of the journal when they were read */
};

/* write.c */
void write_move(struct write *w, enum write_state state);
void write_news(struct write *w); /* the same state, something new about it */
/* To DONE. `as` goes into the journal when the write has an entry; err NULL: none. */
void write_finish(struct write *w, enum write_outcome outcome, enum journal_outcome as,
                  const struct error *err);
void write_after_ms(struct write *w, int64_t delay_ms, loop_fn *fn);
void write_details_clear(struct write *w);
struct write *writes_add(struct writes *all, enum journal_kind kind);
int64_t writes_mono(const struct writes *all);
int64_t writes_wall(const struct writes *all);
/* Another write of ours that is open on the same account, or creates one of the same name; NULL:
 * none. */
const struct write *write_in_way(const struct write *w);
/* Why it is not sent because of entry `op` (0: one that is not in the journal yet); ours: we look
 * after that. */
void write_in_way_words(int64_t op, bool ours, struct error *err);
/* The row of the write's account, or ROW_NONE. */
row_id write_row(const struct write *w);
void write_lock(struct write *w, const char *words, int64_t since_wall_ms);
void write_unlock(struct write *w);
/* elsewhere.c: puts the word of a write of another process on a row that came into the fleet, or
 * that has none of ours any more. but: the entry that was ours, or 0. */
void others_word(struct writes *all, row_id row, int64_t but);
/* Takes the server's clock from a reply. */
void writes_note_date(struct writes *all, const struct api_result *r);
/* Decodes `raw` into *a again; false with w->error set when it cannot be, or is another account. */
bool write_decode(struct write *w, struct account *a, struct span raw, struct error *err);
/* Takes a read of the account into the fleet. */
void write_put(struct write *w, struct span raw, int64_t as_of);
/* Takes the account out of the fleet: a read begun at as_of did not find it. */
void write_drop(struct write *w, int64_t as_of);

/* check.c */
void check_begin(struct write *w);
void check_plan(struct write *w); /* merge, fields and body from base, mine and server */

/* record.c: the journal */
void record_intent(struct write *w);
void record_outcome(struct write *w, enum journal_outcome as, const char *note, bool with_after);
void record_all(struct writes *all);  /* the hook before each sleep */
void record_last(struct writes *all); /* at the end */

/* send.c */
void send_begin(struct write *w);

/* readback.c */
void readback_begin(struct write *w);
bool field_kept(enum field f, const struct value *asked, const struct value *got);
/* Whether every field that was sent is in `a` as it was asked. */
bool intent_kept(const struct write *w, const struct value *v);
/* Compares w->after with what was asked and what was there, and finishes. */
void readback_settle(struct write *w);
/* 404 of a read after the write. False: it says nothing about this kind. */
bool readback_gone(struct write *w, int64_t as_of);

/* unknown.c */
void unknown_begin(struct write *w, const struct error *why);
void unknown_look(void *ctx);
/* The look is over and settled nothing. saw: it got an answer about the account. */
void unknown_still(struct write *w, enum write_outcome outcome, bool saw, const struct error *err);

/* search.c */
void search_begin(struct write *w);
void search_end(struct write *w); /* frees one that runs */
void candidates_clear(struct write *w);
/* Makes candidate i the account of this CREATE, and settles. */
void search_adopt(struct write *w, size_t i);

#endif
