/* tls_server.c: see tls_server.h. Elliptic keys, because they take no time to make. */
#include "tls_server.h"

#include "base/mem.h"
#include "base/vec.h"
#include "child_proc.h"
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls_server {
    struct child_proc openssl;
    int port;
};

static const struct kind {
    const char *name, *names, *days;
    bool own_signature;
    const char *extra[5]; /* of s_server */
} kinds[TLS_KINDS] = {
    [TLS_GOOD] = {"good", "DNS:localhost,IP:127.0.0.1", "2", false, {NULL}},
    [TLS_EXPIRED] = {"expired", "DNS:localhost,IP:127.0.0.1", "-1", false, {NULL}},
    [TLS_WRONG_HOST] = {"wrong", "DNS:other.example", "2", false, {NULL}},
    [TLS_SELF_SIGNED] = {"self", "DNS:localhost,IP:127.0.0.1", "2", true, {NULL}},
    [TLS_OLD] = {"old",
                 "DNS:localhost,IP:127.0.0.1",
                 "2",
                 false,
                 {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0", NULL}},
    [TLS_CLIENT] = {"asks",
                    "DNS:localhost,IP:127.0.0.1",
                    "2",
                    false,
                    {"-verify_return_error", "-Verify", "1", NULL}},
    [TLS_H2_ONLY] = {"h2", "DNS:localhost,IP:127.0.0.1", "2", false, {"-alpn", "h2", NULL}},
};

/* Every command is run quietly, and its words are shown when it fails. */
static bool openssl(const char *line)
{
    struct str quiet = STR_INIT, said = STR_INIT;
    str_printf(&quiet, "%s 2>&1", line);
    const char *argv[] = {"sh", "-c", str_text(&quiet), NULL};
    bool ok = child_run(argv, &said) == 0;
    if (!ok)
        fprintf(stderr, "tls_server: %s\n%s", line, str_text(&said));
    str_finish(&quiet);
    str_finish(&said);
    return ok;
}

#define NEW_KEY "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

static bool signed_make(const struct tmpdir *d, const char *name, const char *names,
                        const char *days)
{
    struct str s = STR_INIT;
    str_printf(&s,
               "cd '%s' && openssl req " NEW_KEY " -keyout tls-%s.key -out tls-%s.csr "
               "-subj /CN=%s && printf 'subjectAltName=%s\\n' >tls-%s.ext && "
               "openssl x509 -req -in tls-%s.csr -CA tls-ca.pem -CAkey tls-ca.key "
               "-CAcreateserial -days %s -extfile tls-%s.ext -out tls-%s.pem",
               d->path, name, name, name, names, name, name, days, name, name);
    bool ok = openssl(str_text(&s));
    str_finish(&s);
    return ok;
}

static bool self_make(const struct tmpdir *d, const char *name, const char *names, const char *days)
{
    struct str s = STR_INIT;
    str_printf(&s,
               "cd '%s' && openssl req -x509 " NEW_KEY " -keyout tls-%s.key -out tls-%s.pem "
               "-days %s -subj '/CN=paddock test %s' -addext 'subjectAltName=%s'",
               d->path, name, name, days, name, names);
    bool ok = openssl(str_text(&s));
    str_finish(&s);
    return ok;
}

static bool authority_make(const struct tmpdir *d)
{
    struct str path = STR_INIT;
    bool ok = file_exists(tmpdir_path(d, "tls-ca.pem", &path));
    str_finish(&path);
    return ok || (self_make(d, "ca", "DNS:ca.invalid", "2") &&
                  signed_make(d, "client", "DNS:client.invalid", "2"));
}

bool tls_certificate(const struct tmpdir *d, enum tls_kind kind, struct str *cert, struct str *key)
{
    const struct kind *k = &kinds[kind];
    str_printf(cert, "%s/tls-%s.pem", d->path, k->name);
    str_printf(key, "%s/tls-%s.key", d->path, k->name);
    return authority_make(d) &&
           (k->own_signature ? self_make : signed_make)(d, k->name, k->names, k->days);
}

static bool server_start(struct tls_server *s, const struct tmpdir *d, const struct kind *k)
{
    struct str cert = STR_INIT, key = STR_INIT, ca = STR_INIT, line = STR_INIT;
    const char *argv[24] = {"openssl", "s_server", "-www", "-accept", "127.0.0.1:0", "-cert",
                            NULL,      "-key",     NULL,   "-CAfile", NULL,          NULL};
    bool ok = tls_certificate(d, (enum tls_kind)(k - kinds), &cert, &key);
    argv[6] = str_text(&cert);
    argv[8] = str_text(&key);
    argv[10] = tmpdir_path(d, "tls-ca.pem", &ca);
    for (size_t i = 0; k->extra[i]; i++)
        argv[11 + i] = k->extra[i];
    ok = ok && child_proc_start(&s->openssl, argv, NULL);
    while (ok && s->port == 0) {
        str_clear(&line);
        ok = child_line(&s->openssl, &line, 0);
        if (ok && strncmp(str_text(&line), "ACCEPT ", 7) == 0)
            s->port = atoi(strrchr(str_text(&line), ':') + 1);
    }
    str_finish(&cert);
    str_finish(&key);
    str_finish(&ca);
    str_finish(&line);
    return ok;
}

struct tls_server *tls_server_create(const struct tmpdir *d, enum tls_kind kind)
{
    const struct kind *k = &kinds[kind];
    struct tls_server *s = mem_calloc(1, sizeof *s);
    s->openssl.out = -1;
    if (!server_start(s, d, k)) {
        fprintf(stderr, "tls_server: no server of kind \"%s\"\n", k->name);
        tls_server_destroy(s);
        return NULL;
    }
    return s;
}

void tls_server_destroy(struct tls_server *s)
{
    if (!s)
        return;
    child_finish(&s->openssl);
    mem_free(s);
}

int tls_port(const struct tls_server *s)
{
    return s->port;
}
