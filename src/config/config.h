/* config.h: the option table, the configuration read by it, and the profile in use.
 *
 * The table (options.def) is the one place where an option is named; parsing, messages, the sample
 * file, the manual and the completions come from it. Two files are read, the system's and the
 * user's; an option of the user's goes before, and a profile of the user's replaces one of the same
 * name as a whole, so that a token of one file is never sent to a URL of another. Over both stand
 * the environment and the flags: they are laid on when a profile is resolved. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "config/env.h"
#include "config/paths.h"
#include "config/token.h"

#include <stdbool.h>
#include <stdint.h>

enum option {
#define OPTION(id, ...) OPTION_##id,
#include "config/options.def"
#undef OPTION
    OPTION_COUNT
};

enum option_scope { SCOPE_TOP, SCOPE_PROFILE, SCOPE_ALERT, SCOPE_COUNT };
enum option_type { OT_TEXT, OT_BOOL, OT_INT, OT_DURATION, OT_CHOICE, OT_LIST, OT_PATH };

/* Scopes but SCOPE_TOP: groups in a group, each with a name of the operator's. */
struct scope_info {
    const char *group;            /* "profiles" */
    const char *one;              /* "a profile" */
    const char *sample, *example; /* for messages; a name for the sample file */
    const char *help;             /* before the sample */
    const char *title;            /* of the part of the manual: OPTIONS OF A title */
};
const struct scope_info *config_scope(enum option_scope scope);

struct option_info {
    enum option id;
    enum option_scope scope;
    const char *path;
    enum option_type type;
    const char *fallback; /* the default, as written in the file */
    int64_t min, max;
    const char *allowed, *help;
};

/* The row; static. */
const struct option_info *option_info(enum option id);

struct option_value {
    bool set;                /* came from a file; otherwise it is the default */
    int64_t i;               /* BOOL 0/1, INT, DURATION in ms, CHOICE: index into the words */
    const char *text;        /* TEXT, PATH, CHOICE: never NULL then */
    const char *const *list; /* LIST: NULL-terminated */
    size_t count;
    const char *file; /* where it stands, or NULL */
    int line;
};

struct config;

/* What is wrong in a file: one of possibly many. */
struct config_problem {
    const char *file; /* (borrowed) */
    int line;         /* 0: the file as a whole */
    const char *text; /* what is wrong and what is allowed; text_safe() before a sink */
};

struct config_sources {
    const struct paths *paths; /* NULL: no file is read, all defaults */
    const char *file;          /* --config or PADDOCK_CONFIG: instead of the user's file; it must be
                                  there. NULL: DIR/paddock.cfg, which may be missing */
    const char *system_file;   /* NULL: PATHS_SYSTEM_CONFIG; "" for none */
};

/* Reads the files. *out is always made (config_unload), with defaults for what is wrong or
 * missing. ST_CONFIG when there is any problem: err tells the first, config_problem all. */
enum status config_load(const struct config_sources *sources, struct config **out,
                        struct error *err);
/* The same from texts, for tests and `config check -`. */
enum status config_load_text(const char *name, const char *text, size_t len, struct config **out,
                             struct error *err);
void config_unload(struct config *config);
size_t config_problem_count(const struct config *config);
struct config_problem config_problem(const struct config *config, size_t i);
/* Whether any file was there, and the path of the user's file ("" when none was looked for). */
bool config_found(const struct config *config);
const char *config_user_file(const struct config *config);

/* TOP options. Texts (borrowed). */
const struct option_value *config_option(const struct config *config, enum option id);
const char *config_text(const struct config *config, enum option id); /* TEXT, PATH, CHOICE */
int64_t config_int(const struct config *config, enum option id); /* INT; DURATION in ms; CHOICE */
bool config_bool(const struct config *config, enum option id);
const char *const *config_list(const struct config *config, enum option id); /* never NULL */

/* What the operator named in a scope, in the order of the files. */
size_t config_entry_count(const struct config *config, enum option_scope scope);
const char *config_entry_name(const struct config *config, enum option_scope scope, size_t i);
const struct option_value *config_entry_option(const struct config *config, enum option_scope scope,
                                               size_t i, enum option id);
/* The same of the profiles. */
size_t config_profile_count(const struct config *config);
const char *config_profile_name(const struct config *config, size_t i);
/* An option of profile i. */
const struct option_value *config_profile_option(const struct config *config, size_t i,
                                                 enum option id);

/* Appends a sample file: every option with its help, its range and its default; profiles as a
 * commented example. config/paddock.cfg is this text. */
void config_write_defaults(struct str *out);
/* Appends the option section of paddock.cfg(5), in man macros. */
void config_write_manual(struct str *out);

/* --- the profile in use ------------------------------------------------------------------- */

enum profile_access { ACCESS_READONLY, ACCESS_GUARDED, ACCESS_WRITE };

/* Everything that a session needs to know of its server. Texts live in mem; "" is "not set". */
struct profile {
    struct arena mem;
    const char *name; /* as in the file; "" when url and org came from flags or environment */
    const char *url, *org, *label;
    const char *const *orgs; /* others to switch to; NULL-terminated */
    const char *origin;      /* "https://gw.example.net:8443": scheme, host, port when not usual */
    enum profile_access access;
    struct token_source token;
    const char *withheld; /* the profile whose token is not sent, as url is none of its; or "" */
    bool allow_http;
    const char *ca_file, *client_cert, *client_key, *proxy, *no_proxy, *proxy_ca_file;
    const char *prometheus_url, *prometheus_ca_file, *prometheus_user, *prometheus_tenant;
    const char *prometheus_client_cert, *prometheus_client_key;
    struct token_source prometheus_token; /* NONE or FILE, for prometheus_url alone */
    int64_t connect_timeout_ms, timeout_ms;
    int max_rps;      /* 0: no limit */
    bool patch_whole; /* patch_policies = "whole" */
    bool ranges_warn; /* ranges = "warning" */
    bool demo;
};

/* What flags say; NULL or 0 for "not said". */
struct profile_choice {
    const char *profile, *url, *org;
    const char *token_file; /* "-": standard input */
    bool readonly;
    int64_t timeout_ms;
    int max_rps;
    const char *token_from; /* tokens_from(): where a token was given, or NULL */
    bool demo;
    bool by_hand; /* chosen in the console while it runs: PADDOCK_PROFILE, _URL, _ORG and
                     _TOKEN_FILE, which spoke of the start, no longer count */
};

/* Finds the profile (choice, PADDOCK_PROFILE, `profile` of the config, the only one there is) and
 * lays environment and flags over it. A URL from environment or flags whose origin is not the
 * profile's drops the profile's token, certificates and label: they belong to that origin. Fills
 * *out always (profile_finish). Errors: ST_CONFIG when there is no profile and no URL (next says
 * what to do), ST_USAGE for an unknown name (with the nearest), ST_CONFIG for a bad URL. */
enum status profile_resolve(const struct config *config, const struct env *env,
                            const struct profile_choice *choice, struct profile *out,
                            struct error *err);
void profile_finish(struct profile *profile);
/* Deep copy into an uninitialised struct. */
void profile_copy(struct profile *dst, const struct profile *src);
/* Takes another organisation of the same server; copied. */
void profile_set_org(struct profile *profile, const char *org);

/* Appends scheme://host[:port] of a URL, in lower case, without a usual port. ST_CONFIG when it is
 * no http or https URL. */
enum status url_origin(const char *url, struct str *out, struct error *err);

#endif
