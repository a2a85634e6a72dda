/* profile.c: which server, which organisation, with what rights: files, then environment, then
 * flags.
 *
 * One rule stands above precedence: what proves who we are belongs to the origin it was given for.
 * A URL from elsewhere that leads to another origin takes none of the profile's token, certificates
 * or label with it. */
#include "config/config.h"

#include "base/mem.h"
#include "base/near.h"
#include "base/quantity.h"

#include <ctype.h>
#include <curl/curl.h>
#include <string.h>

/* ---- origin -------------------------------------------------------------------------------- */

static bool usual_port(const char *scheme, const char *port)
{
    return (strcmp(scheme, "https") == 0 && strcmp(port, "443") == 0) ||
           (strcmp(scheme, "http") == 0 && strcmp(port, "80") == 0);
}

enum status url_origin(const char *url, struct str *out, struct error *err)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL, *user = NULL;
    enum status st = ST_OK;
    if (!u || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
        st = error_set(err, ST_CONFIG, "\"%.200s\" is not a URL: try https://gw.example.net", url);
    else if (curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_OK)
        st = error_set(err, ST_CONFIG,
                       "a URL with a user or a password in it is refused: the token "
                       "is set apart from it");
    if (st == ST_OK) {
        str_printf(out, "%s://", scheme);
        for (const char *p = host; *p; p++)
            str_add_char(out, (char)tolower((unsigned char)*p));
        if (curl_url_get(u, CURLUPART_PORT, &port, 0) == CURLUE_OK && !usual_port(scheme, port))
            str_printf(out, ":%s", port);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_url_cleanup(u);
    return st;
}

static bool same_origin(const char *a, const char *b)
{
    struct str x = STR_INIT, y = STR_INIT;
    bool same = url_origin(a, &x, NULL) == ST_OK && url_origin(b, &y, NULL) == ST_OK &&
                strcmp(str_text(&x), str_text(&y)) == 0;
    str_finish(&x);
    str_finish(&y);
    return same;
}

/* ---- filling ------------------------------------------------------------------------------- */

static const char *const no_list[] = {NULL};

static const char *keep(struct profile *p, const char *text)
{
    return text && *text ? arena_dup(&p->mem, span_of(text)).p : "";
}

static const char *const *keep_list(struct profile *p, const char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    if (n == 0)
        return no_list;
    const char **copy = arena_alloc(&p->mem, (n + 1) * sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = keep(p, list[i]);
    copy[n] = NULL;
    return copy;
}

static void blank_prometheus(struct profile *p)
{
    p->prometheus_url = p->prometheus_ca_file = p->prometheus_user = p->prometheus_tenant = "";
    p->prometheus_client_cert = p->prometheus_client_key = "";
}

static void profile_blank(struct profile *p)
{
    memset(p, 0, sizeof *p);
    arena_init(&p->mem);
    p->name = p->url = p->org = p->label = p->origin = "";
    p->withheld = p->ca_file = p->client_cert = p->client_key = "";
    p->proxy = p->no_proxy = p->proxy_ca_file = "";
    blank_prometheus(p);
    p->prometheus_token.origin = p->prometheus_token.from = p->prometheus_token.file = "";
    p->orgs = no_list;
    p->access = ACCESS_WRITE;
    p->connect_timeout_ms = 10000;
    p->timeout_ms = 60000;
    p->token.timeout_ms = 60000;
    p->token.origin = p->token.from = p->token.file = "";
}

static void take_token(struct profile *p, const struct option_value *command,
                       const struct option_value *file, int64_t timeout_ms)
{
    struct str from = STR_INIT;
    p->token.timeout_ms = timeout_ms;
    if (command->count) {
        p->token.kind = TOKEN_COMMAND;
        p->token.argv = keep_list(p, command->list);
        str_printf(&from, "token_command of profile %s", p->name);
    } else if (*file->text) {
        p->token.kind = TOKEN_FILE;
        p->token.file = keep(p, file->text);
        str_printf(&from, "token_file of profile %s", p->name);
    }
    p->token.from = keep(p, str_text(&from));
    str_finish(&from);
}

static void take_prometheus(struct profile *p, const struct option_value *v)
{
    struct token_source *token = &p->prometheus_token;
    struct str from = STR_INIT;
    p->prometheus_url = keep(p, v[OPTION_PROMETHEUS_URL].text);
    p->prometheus_ca_file = keep(p, v[OPTION_PROMETHEUS_CA_FILE].text);
    p->prometheus_user = keep(p, v[OPTION_PROMETHEUS_USER].text);
    p->prometheus_tenant = keep(p, v[OPTION_PROMETHEUS_TENANT].text);
    p->prometheus_client_cert = keep(p, v[OPTION_PROMETHEUS_CLIENT_CERT].text);
    p->prometheus_client_key = keep(p, v[OPTION_PROMETHEUS_CLIENT_KEY].text);
    token->origin = p->prometheus_url;
    token->file = keep(p, v[OPTION_PROMETHEUS_TOKEN_FILE].text);
    token->kind = *token->file ? TOKEN_FILE : TOKEN_NONE;
    str_printf(&from, "prometheus_token_file of profile %s", p->name);
    token->from = keep(p, str_text(&from));
    str_finish(&from);
}

static void take_file_profile(struct profile *p, const struct config *config, size_t i)
{
    const struct option_value *v = config_profile_option(config, i, (enum option)0);
    p->name = keep(p, config_profile_name(config, i));
    p->url = keep(p, v[OPTION_URL].text);
    p->org = keep(p, v[OPTION_ORG].text);
    p->orgs = keep_list(p, v[OPTION_ORGS].list);
    p->label = keep(p, v[OPTION_LABEL].text);
    p->access = v[OPTION_READONLY].i ? ACCESS_READONLY : (enum profile_access)v[OPTION_ACCESS].i;
    p->allow_http = v[OPTION_ALLOW_HTTP].i != 0;
    p->ca_file = keep(p, v[OPTION_CA_FILE].text);
    p->client_cert = keep(p, v[OPTION_CLIENT_CERT].text);
    p->client_key = keep(p, v[OPTION_CLIENT_KEY].text);
    p->proxy = keep(p, v[OPTION_PROXY].text);
    p->no_proxy = keep(p, v[OPTION_NO_PROXY].text);
    p->proxy_ca_file = keep(p, v[OPTION_PROXY_CA_FILE].text);
    p->connect_timeout_ms = v[OPTION_CONNECT_TIMEOUT].i;
    p->timeout_ms = v[OPTION_TIMEOUT].i;
    p->max_rps = (int)v[OPTION_MAX_RPS].i;
    p->patch_whole = v[OPTION_PATCH_POLICIES].i == 1;
    p->ranges_warn = v[OPTION_RANGES].i == 1;
    take_token(p, &v[OPTION_TOKEN_COMMAND], &v[OPTION_TOKEN_FILE], v[OPTION_TOKEN_TIMEOUT].i);
    take_prometheus(p, v);
}

static void drop_identity(struct profile *p)
{
    if (p->token.kind != TOKEN_NONE)
        p->withheld = p->name;
    p->token.kind = TOKEN_NONE;
    p->token.argv = NULL;
    p->token.file = p->token.from = "";
    p->client_cert = p->client_key = p->ca_file = "";
    blank_prometheus(p);
    p->prometheus_token.kind = TOKEN_NONE;
    p->label = "";
    p->name = "";
    p->orgs = no_list;
    p->allow_http = false;
}

/* The only profile there is lends a bare url nothing; that it has a token is worth to be said. */
static void note_withheld(struct profile *p, const struct config *config)
{
    const struct option_value *v = config_profile_option(config, 0, (enum option)0);
    if (v[OPTION_TOKEN_COMMAND].count || *v[OPTION_TOKEN_FILE].text)
        p->withheld = keep(p, config_profile_name(config, 0));
}

/* ---- choosing ------------------------------------------------------------------------------ */

static enum status unknown_profile(const struct config *config, const char *name, const char *from,
                                   struct error *err)
{
    struct near near = {span_of(name), NULL, 0};
    struct str names = STR_INIT;
    for (size_t i = 0; i < config_profile_count(config); i++) {
        near_offer(&near, config_profile_name(config, i));
        str_printf(&names, "%s%s", i ? ", " : "", config_profile_name(config, i));
    }
    error_set(err, ST_USAGE, "no profile is named \"%s\" (%s)", name, from);
    if (near.best)
        error_next(err, "did you mean %s? There are: %.100s", near.best, str_text(&names));
    else if (names.len)
        error_next(err, "there are: %.120s", str_text(&names));
    else
        error_next(err, "no profile is configured yet: paddock config init");
    str_finish(&names);
    return ST_USAGE;
}

/* A variable that speaks of the server the program was started for. */
static const char *start_env(const struct env *env, const struct profile_choice *choice,
                             const char *name)
{
    return choice->by_hand ? NULL : env_get(env, name);
}

/* The index of the profile, or the count when none is named and there is not exactly one. */
static enum status choose(const struct config *config, const struct env *env,
                          const struct profile_choice *choice, bool url_said, size_t *index,
                          struct error *err)
{
    size_t n = config_profile_count(config);
    const char *from = "-p", *name = choice->profile;
    if (!name) {
        from = "PADDOCK_PROFILE";
        name = start_env(env, choice, "PADDOCK_PROFILE");
    }
    if (!name && *config_text(config, OPTION_PROFILE)) {
        from = "option profile";
        name = config_text(config, OPTION_PROFILE);
    }
    *index = n;
    if (!name) {
        /* A URL alone is enough; the only profile there is must not lend it its rights. */
        if (n == 1 && !url_said)
            *index = 0;
        return ST_OK;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(config_profile_name(config, i), name) == 0) {
            *index = i;
            return ST_OK;
        }
    return unknown_profile(config, name, from, err);
}

/* ---- environment and flags over it --------------------------------------------------------- */

static void lay_token(struct profile *p, const struct env *env, const struct profile_choice *choice)
{
    const char *env_file = start_env(env, choice, "PADDOCK_TOKEN_FILE");
    if (choice->token_file) {
        bool in = strcmp(choice->token_file, "-") == 0;
        p->token.kind = in ? TOKEN_STDIN : TOKEN_FILE;
        p->token.file = keep(p, choice->token_file);
        p->token.from = in ? "standard input (--token-file -)" : "--token-file";
    } else if (env_file) {
        p->token.kind = TOKEN_FILE;
        p->token.file = keep(p, env_file);
        p->token.from = "PADDOCK_TOKEN_FILE";
    } else if (choice->token_from) {
        p->token.kind = TOKEN_GIVEN;
        p->token.from = keep(p, choice->token_from);
    }
}

static void lay_proxy(struct profile *p, const struct env *env)
{
    const char *proxy = env_get(env, "HTTPS_PROXY"), *none = env_get(env, "NO_PROXY");
    if (!proxy)
        proxy = env_get(env, "https_proxy");
    if (!none)
        none = env_get(env, "no_proxy");
    if (!*p->proxy && proxy)
        p->proxy = keep(p, proxy);
    if (!*p->no_proxy && none)
        p->no_proxy = keep(p, none);
}

static bool env_true(const char *text)
{
    return text && strcmp(text, "0") != 0 && strcmp(text, "false") != 0 && strcmp(text, "no") != 0;
}

static void lay_rest(struct profile *p, const struct env *env, const struct profile_choice *choice)
{
    const char *org = choice->org ? choice->org : start_env(env, choice, "PADDOCK_ORG");
    if (org)
        p->org = keep(p, org);
    if (choice->readonly || env_true(env_get(env, "PADDOCK_READONLY")))
        p->access = ACCESS_READONLY;
    if (choice->timeout_ms > 0)
        p->timeout_ms = choice->timeout_ms;
    if (choice->max_rps > 0)
        p->max_rps = choice->max_rps;
    p->demo = choice->demo;
    lay_token(p, env, choice);
    lay_proxy(p, env);
}

static enum status check_complete(struct profile *p, struct error *err)
{
    struct str origin = STR_INIT;
    if (!*p->url) {
        if (*p->name) {
            error_set(err, ST_CONFIG, "profile %s has no url", p->name);
            error_next(err, "set url and org in the profile, or give --url and --org");
        } else {
            error_set(err, ST_CONFIG, "no server is configured yet");
            error_next(err,
                       "paddock config init writes a first configuration; paddock --demo shows "
                       "a sandbox");
        }
        return ST_CONFIG;
    }
    if (url_origin(p->url, &origin, err) != ST_OK) {
        str_finish(&origin);
        return ST_CONFIG;
    }
    p->origin = keep(p, str_text(&origin));
    p->token.origin = p->origin;
    str_finish(&origin);
    if (!*p->org) {
        error_set(err, ST_CONFIG, "no organisation is named for %s", p->origin);
        error_next(err, "set org in the profile, --org or PADDOCK_ORG");
        return ST_CONFIG;
    }
    return ST_OK;
}

static enum status no_choice(const struct config *config, struct error *err)
{
    struct str names = STR_INIT;
    for (size_t i = 0; i < config_profile_count(config); i++)
        str_printf(&names, "%s%s", i ? ", " : "", config_profile_name(config, i));
    error_set(err, ST_CONFIG, "there are several profiles and none is chosen: %s",
              str_text(&names));
    error_next(err, "use -p NAME, or set profile = \"NAME\" in the configuration");
    str_finish(&names);
    return ST_CONFIG;
}

enum status profile_resolve(const struct config *config, const struct env *env,
                            const struct profile_choice *choice, struct profile *out,
                            struct error *err)
{
    size_t index = 0;
    profile_blank(out);
    const char *url = choice->url ? choice->url : start_env(env, choice, "PADDOCK_URL");
    enum status st = choose(config, env, choice, url != NULL, &index, err);
    if (st != ST_OK)
        return st;
    if (index < config_profile_count(config))
        take_file_profile(out, config, index);
    else if (!url && config_profile_count(config) > 1)
        return no_choice(config, err);
    if (url && *out->url && !same_origin(url, out->url))
        drop_identity(out);
    else if (url && index == config_profile_count(config) && index == 1)
        note_withheld(out, config);
    if (url)
        out->url = keep(out, url);
    lay_rest(out, env, choice);
    return check_complete(out, err);
}

void profile_finish(struct profile *profile)
{
    arena_finish(&profile->mem);
    memset(profile, 0, sizeof *profile);
}

void profile_copy(struct profile *dst, const struct profile *src)
{
    *dst = *src;
    arena_init(&dst->mem);
    const char **texts[] = {&dst->name,
                            &dst->url,
                            &dst->org,
                            &dst->label,
                            &dst->origin,
                            &dst->ca_file,
                            &dst->client_cert,
                            &dst->client_key,
                            &dst->withheld,
                            &dst->proxy,
                            &dst->no_proxy,
                            &dst->proxy_ca_file,
                            &dst->token.file,
                            &dst->token.from,
                            &dst->prometheus_url,
                            &dst->prometheus_ca_file,
                            &dst->prometheus_user,
                            &dst->prometheus_tenant,
                            &dst->prometheus_client_cert,
                            &dst->prometheus_client_key,
                            &dst->prometheus_token.file,
                            &dst->prometheus_token.from};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = keep(dst, *texts[i]);
    dst->orgs = keep_list(dst, src->orgs);
    dst->token.argv = keep_list(dst, src->token.argv);
    dst->token.origin = dst->origin;
    dst->prometheus_token.origin = dst->prometheus_url;
}

void profile_set_org(struct profile *profile, const char *org)
{
    profile->org = keep(profile, org);
}
