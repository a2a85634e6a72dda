/* preview.h: a write in words, for screens and for the command line: what changes from what to
 * what, what looks wrong, and the same change as a paddock command and as curl.
 *
 * Texts are raw: text_safe() before a sink. credentials_ref is masked unless it is revealed. */
#ifndef WRITE_PREVIEW_H
#define WRITE_PREVIEW_H

#include "api/api.h"
#include "model/warn.h"
#include "write/write.h"

#define PREVIEW_WARNINGS_MAX 16

/* One settable field that changes. The texts are owned by the preview. */
struct preview_field {
    enum field field;
    const char *old, *now; /* value_words; old of a create: "" */
    bool theirs;           /* changed by somebody else meanwhile and taken over, not sent */
};

struct preview {
    struct preview_field *fields; /* in the order of the field table */
    size_t count;
    size_t sent; /* of them, those that are sent */
    struct warning warnings[PREVIEW_WARNINGS_MAX];
    size_t warning_count;
    bool needs_name;    /* a delete, or a warning that asks for the typed name */
    struct str command; /* "paddock -p PROD set ID rate.rps=120", for a shell */
    struct str curl;    /* as api_curl_command */
    struct arena mem;
};

struct preview_options {
    const char *profile; /* "" or NULL: no -p */
    const char *flags;   /* more of them, words for a shell, each after a blank; NULL: none */
    bool reveal;         /* credentials_ref in full; the fields still mask what looks like a key */
    bool keys;           /* with reveal: the commands have in full what looks like a key, too */
};

/* What looks wrong in what would be sent; returns how many. */
size_t write_warnings(const struct write *write, struct warning *out, size_t room);
/* A warn_seen_fn whose ctx is a struct writes: whether an account of its fleet has the value. */
bool write_seen(void *writes, enum field field, struct span value);

void preview_init(struct preview *preview);
/* Fills an initialised preview (any content) from a write in PREVIEW or later. */
void preview_make(struct preview *preview, const struct write *write, const struct api *api,
                  const struct preview_options *options);
void preview_finish(struct preview *preview);

/* Appends the plain lines for a terminal or a log, each ended by a newline:
 *   update  az-gpt-eu-prod-01 (pa_1)
 *     quota_policy
 *   -   max_tokens_per_month  500,000,000
 *   +   max_tokens_per_month  400,000,000
 *   ! quota.tokens: below the 412,000,000 already used: may block at once
 *   $ paddock set pa_1 quota.tokens=400M
 *   $ curl -X PATCH ...
 * Texts from outside go through text_safe. */
void preview_text(const struct preview *preview, const struct write *write, struct str *out);

/* Appends one word for a shell: quoted only when it must be. A word that is not safe as it is
 * (text_safe: a newline, an escape, what is not seen) is written as $'...', which bash, zsh and ksh
 * read: on one line, and every character of it to be seen. */
void shell_word(struct str *out, struct span word);
/* Appends a command of such words on lines of at most cols cells, each but the last ended by a
 * backslash, as a shell goes on: marked on a screen and pasted it is still one command. A word that
 * is wider has a line of its own. */
void shell_lines(struct str *out, struct span command, int cols);
/* Appends "paddock -p PROFILE FLAGS VERB ID" for a shell. profile: "" or NULL: no -p; flags: words
 * for a shell, each after a blank, or NULL; id is any text, as the server gave it; empty: none. */
void shell_paddock(struct str *out, const char *profile, const char *flags, const char *verb,
                   struct span id);
/* "update", "create", "delete"; static. */
const char *write_verb(enum journal_kind kind);

#endif
