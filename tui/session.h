/* session.h: everything that belongs to one profile and org: connection, accounts, writes, journal.
 *
 * Switching closes one session and opens another, so that nothing of the old one can stay on the
 * screen. No curses here. */
#ifndef TUI_SESSION_H
#define TUI_SESSION_H

#include "api/api.h"
#include "base/log.h"
#include "cli/past.h"
#include "cli/watching.h"
#include "config/config.h"
#include "fleet/view.h"
#include "keep/keep.h"
#include "model/problem.h"
#include "plan/options.h"
#include "store/drafts.h"
#include "store/journal.h"
#include "store/plans.h"
#include "sync/sync.h"
#include "tui/demo_fault.h"
#include "tui/draft_marks.h"
#include "tui/flash.h"
#include "tui/view_slices.h"
#include "write/write.h"

#define SESSION_UNLOCK_MS (30 * 60 * 1000)
#define SESSION_KINDS     (JOURNAL_DELETE + 1)

struct session_events {
    void (*fleet)(void *ctx); /* at most once a turn of the loop */
    void (*sync)(void *ctx);  /* the state of the sync, the token, or the access */
    /* Any write moved on, also one that no screen shows. */
    void (*write)(void *ctx, struct write *write);
    void (*plan)(void *ctx); /* the plan that is applied moved on, or one was left; once a turn */
    void (*monitor)(void *ctx); /* a new outcome of the monitor */
    void (*alert)(void *ctx, const struct alert *alert, enum alert_event event);
    void (*alert_failed)(void *ctx, const struct alert_rule *rule, const struct error *err);
    void *ctx; /* (borrowed) */
};

/* What outlives sessions. All (borrowed). */
struct session_env {
    struct loop *loop;
    const struct config *config;
    const struct paths *paths;
    struct tokens *tokens;
    struct log *log; /* NULL: none */
    bool offline;    /* works on the snapshot alone: nothing is sent, not even a token is got */
};

struct session {
    struct session_env env;
    struct session_events events;
    struct profile profile;        /* owned */
    struct demo_fault *demo_fault; /* owned; the last request to be ill; NULL: none */
    struct api *api;
    struct fleet *fleet;
    struct column_set *columns;
    struct health_classes health; /* texts (borrowed) from the configuration */
    struct problem_column problem;
    struct watching watching; /* monitor and alerts */
    struct view *view;
    struct view_slices *slices;
    struct sync *sync;
    struct keep *keep; /* the snapshot, and what changed between syncs */
    /* NULL: journal_error says why, and writes are refused; or session_open_late is still to come,
       which is before any key. */
    struct journal *journal;
    struct error journal_error;
    char operator_name[80]; /* whom the journal names: user@host */
    struct drafts *drafts;  /* NULL: drafts stay in memory; drafts_error says why */
    struct error drafts_error;
    struct draft_marks draft_marks; /* which accounts have one; empty until session_open_late */
    struct writes *writes;
    struct plans *plans; /* NULL: plans_error says why, and no plan can be applied */
    struct error plans_error;
    struct plan_run *run;         /* the last plan that was begun, or NULL (session_plan.h) */
    struct plan_options run_how;  /* ... and how it is applied */
    bool run_told;                /* its end was told */
    bool run_seen;                /* ... and was on its own screen */
    struct plan_kept *kept;       /* owned; plans that were left before they were applied */
    size_t kept_count, kept_room; /* session_plan.h */
    const struct plan *reviewed;  /* (borrowed) the one on a screen that is not applied; or NULL */
    struct session_left *left; /* owned; looks for a plan that was left (session_left.h), or NULL */
    bool ask_left;             /* it has looked: ask about what was found */
    bool plan_news;
    struct token_fetch *fetch;      /* a token that is being asked for, or NULL */
    struct error token_error;       /* why there is no token; ST_OK */
    int64_t token_try_mono_ms;      /* when it is asked for again by itself; 0: not */
    loop_timer late;                /* 0: session_open_late was done, or was not asked for yet */
    bool untrimmed;                 /* something large was at work since the last trim */
    int64_t unlocked_until_mono_ms; /* access = guarded: writes are allowed until then; 0: locked */
    struct flash flash;             /* what changed a moment ago */
    /* By journal_kind: the server refused the last such write for want of this permission (F06), ""
       when it did not name it; NULL: no such refusal. Owned. */
    char *forbidden[SESSION_KINDS];
    uint64_t fleet_changes; /* of what is known of accounts: what was counted over them before one
                               is to be counted again */
    bool fleet_news, sync_news, renewing;
    bool sync_ran;          /* when it last said something, nothing being wrong */
    bool draft_told;        /* that a draft waits, or none */
    unsigned stores_told;   /* of which files it was told what happened to them (app_store.c) */
    loop_timer healed;      /* the list is read again: the server answers; 0: not */
    int64_t healed_mono_ms; /* when that was done last; 0: never */
    loop_timer news_timer;  /* news of fleet and sync wait for it; 0: none do */
    int64_t news_mono_ms;   /* when the screens heard of them last; 0: never */
    bool load_begun, loaded,
        token_here; /* the sync starts when the snapshot is in and a token is here
                     */
};

/* Opens everything but sends nothing. events may name functions that are called from
 * session_begin on. Errors: ST_CONFIG (URL, certificates). */
struct session *session_open(const struct session_env *env, const struct profile *profile,
                             const struct session_events *events, struct error *err);
/* Shows the snapshot and gets the token, then starts the sync. Offline: the snapshot alone. */
void session_begin(struct session *s);
/* Opens what the first picture does not need (journal, drafts, plans), unless that was done: in the
 * first turn after session_begin, and before a key. */
void session_open_late(struct session *s);
/* Whether the journal could not be opened; false also while that is still to come. */
bool session_no_journal(const struct session *s);
void session_close(struct session *s); /* NULL allowed */
/* The console ends, and its screen is gone: writes a list that was proven a moment ago into the
 * snapshot, for less than a second. Adds a word when that did not do. NULL allowed. */
void session_keep_list(struct session *s, struct str *words);
/* Where what was used in the past is read from; of the session. */
struct past_env session_past_env(const struct session *s);
/* Whether nothing of this server was ever seen: no account, no list, not even one kept. */
bool session_blank(const struct session *s);
/* Whether accounts may be missing: no list was proven. Offline a snapshot that is in whole is one.
 */
bool session_partial(const struct session *s);
/* Once a second: locks a guarded profile again when its time is over, asks again for a token that
 * did not come, and lets ages in the filter grow. */
void session_tick(struct session *s);
/* What the profile is called in a sentence: its name, or "demo", or "this connection" for one from
 * the command line. Borrowed. */
const char *session_name(const struct session *s);
/* access = guarded: allows writes for SESSION_UNLOCK_MS. */
void session_unlock(struct session *s);
void session_lock(struct session *s);

#endif
