/* token.c: five sources, one answer, always from the loop.
 *
 * Whatever held the token on its way (a read buffer, a child's output, the environment) is wiped
 * here; what leaves is a struct secret. */
#include "config/token.h"

#include "base/mem.h"
#include "base/str.h"
#include "loop/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tokens {
    struct secret *given; /* owned; NULL: none */
    char *given_origin;   /* owned; whom it was first used for */
    char *given_from;     /* owned */
    struct secret *input; /* from standard input */
    char *input_origin;
};

struct token_fetch {
    struct tokens *tokens; /* (borrowed) */
    struct loop *loop;     /* (borrowed) */
    token_fn *fn;
    void *ctx;
    struct child *child;
    loop_timer timer;
    bool watching; /* standard input */
    char *from, *origin, *file;
    enum token_kind kind;
    char line[SECRET_BYTES_MAX + 2]; /* what came from standard input so far */
    size_t line_len;
    struct secret *answer; /* for the timer */
    struct error error;
};

/* ---- what was given once ------------------------------------------------------------------- */

struct tokens *tokens_create(const struct env *env)
{
    struct tokens *tokens = mem_calloc(1, sizeof *tokens);
    const char *text = env ? env_get(env, "PADDOCK_TOKEN") : NULL;
    if (!text)
        return tokens;
    tokens_give(tokens, text, "PADDOCK_TOKEN");
    char *own = getenv("PADDOCK_TOKEN");
    if (own && own == text) {
        /* The bytes stand in /proc/PID/environ as well; unsetenv alone would leave them there. */
        secret_wipe(own, strlen(own));
        (void)unsetenv("PADDOCK_TOKEN");
    }
    return tokens;
}

void tokens_destroy(struct tokens *tokens)
{
    if (!tokens)
        return;
    secret_destroy(tokens->given);
    secret_destroy(tokens->input);
    mem_free(tokens->given_origin);
    mem_free(tokens->given_from);
    mem_free(tokens->input_origin);
    mem_free(tokens);
}

void tokens_give(struct tokens *tokens, const char *text, const char *from)
{
    size_t len = strlen(text);
    secret_destroy(tokens->given);
    mem_free(tokens->given_from);
    mem_free(tokens->given_origin);
    tokens->given = len > 0 && len <= SECRET_BYTES_MAX ? secret_create(text, len) : NULL;
    tokens->given_from = mem_strdup(from);
    tokens->given_origin = NULL;
}

const char *tokens_from(const struct tokens *tokens)
{
    return tokens->given_from;
}

bool token_renewable(const struct token_source *source)
{
    return source->kind == TOKEN_COMMAND || source->kind == TOKEN_FILE;
}

/* ---- the first line of what came ----------------------------------------------------------- */

/* Makes a secret of the first line of bytes; NULL with the error when there is none. */
static struct secret *first_line(const char *bytes, size_t len, const char *from, struct error *err)
{
    const char *nl = memchr(bytes, '\n', len);
    size_t n = nl ? (size_t)(nl - bytes) : len;
    while (n > 0 && (bytes[n - 1] == '\r' || bytes[n - 1] == ' ' || bytes[n - 1] == '\t'))
        n--;
    if (n == 0) {
        error_set(err, ST_AUTH, "no token came from %s: its first line is empty", from);
        return NULL;
    }
    if (n > SECRET_BYTES_MAX) {
        error_set(err, ST_AUTH, "what came from %s is longer than a token can be (8 KiB)", from);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)bytes[i] <= ' ' || (unsigned char)bytes[i] >= 0x7f) {
            error_set(err, ST_AUTH,
                      "what came from %s is not a token: it holds a blank or a character beyond "
                      "ASCII",
                      from);
            return NULL;
        }
    return secret_create(bytes, n);
}

/* ---- answering ----------------------------------------------------------------------------- */

static void fetch_free(struct token_fetch *f)
{
    if (f->watching)
        loop_unwatch(f->loop, STDIN_FILENO);
    loop_timer_stop(f->loop, f->timer);
    secret_destroy(f->answer);
    secret_wipe(f->line, sizeof f->line);
    mem_free(f->from);
    mem_free(f->origin);
    mem_free(f->file);
    mem_free(f);
}

static void answer(void *ctx)
{
    struct token_fetch *f = ctx;
    struct secret *token = f->answer;
    struct error err = f->error;
    token_fn *fn = f->fn;
    void *fn_ctx = f->ctx;
    f->answer = NULL;
    f->timer = 0;
    fetch_free(f);
    fn(fn_ctx, token, &err);
}

/* The answer comes in the next turn, also when it is known already. */
static void answer_soon(struct token_fetch *f, struct secret *token)
{
    f->answer = token;
    f->timer = loop_timer_start(f->loop, 0, answer, f);
}

/* ---- the sources --------------------------------------------------------------------------- */

static struct secret *copy_bound(const struct secret *secret, char **bound, const char *origin,
                                 const char *from, struct error *err)
{
    if (!secret) {
        error_set(err, ST_AUTH, "no token was given by %s", from);
        return NULL;
    }
    if (!*bound)
        *bound = mem_strdup(origin);
    if (strcmp(*bound, origin) != 0) {
        error_set(err, ST_AUTH, "the token from %s belongs to %s and is not sent to %s", from,
                  *bound, origin);
        error_next(err, "give the other profile a token_command or a token_file");
        return NULL;
    }
    return secret_create(secret_bytes(secret), secret_len(secret));
}

static enum status check_token_file(const struct stat *st, const char *path, struct error *err)
{
    if (!S_ISREG(st->st_mode))
        return error_set(err, ST_AUTH, "token file %s is not a regular file", path);
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return error_set(err, ST_AUTH, "token file %s belongs to another user (uid %u)", path,
                         (unsigned)st->st_uid);
    if (st->st_mode & 077) {
        error_set(err, ST_AUTH, "token file %s is open to group or others (mode %04o)", path,
                  (unsigned)(st->st_mode & 07777));
        error_next(err, "chmod 600 %s", path);
        return ST_AUTH;
    }
    return ST_OK;
}

static struct secret *read_file(const char *path, const char *from, struct error *err)
{
    char buf[SECRET_BYTES_MAX + 2];
    struct stat st;
    size_t len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        error_set(err, ST_AUTH, "token file %s: %s", path, strerror(errno));
        error_next(err, "write the token into it, then: chmod 600 %s", path);
        return NULL;
    }
    enum status ok = fstat(fd, &st) < 0
                         ? error_set(err, ST_AUTH, "token file %s: %s", path, strerror(errno))
                         : check_token_file(&st, path, err);
    while (ok == ST_OK && len < sizeof buf) {
        ssize_t n = read(fd, buf + len, sizeof buf - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            ok = error_set(err, ST_AUTH, "token file %s: %s", path, strerror(errno));
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    close(fd);
    struct secret *token = ok == ST_OK ? first_line(buf, len, from, err) : NULL;
    secret_wipe(buf, sizeof buf);
    return token;
}

static void input_done(struct token_fetch *f)
{
    loop_unwatch(f->loop, STDIN_FILENO);
    f->watching = false;
    struct secret *token = first_line(f->line, f->line_len, f->from, &f->error);
    if (token) {
        f->tokens->input = token;
        token = copy_bound(token, &f->tokens->input_origin, f->origin, f->from, &f->error);
    }
    f->answer = token;
    answer(f);
}

/* One byte at a time: what follows the first line belongs to somebody else. */
static void input_ready(void *ctx, int fd, unsigned events)
{
    struct token_fetch *f = ctx;
    (void)events;
    char c;
    ssize_t n = read(fd, &c, 1);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n == 1 && c != '\n' && f->line_len < sizeof f->line) {
        f->line[f->line_len++] = c;
        return;
    }
    input_done(f);
}

static void start_input(struct token_fetch *f)
{
    if (f->tokens->input) {
        answer_soon(f, copy_bound(f->tokens->input, &f->tokens->input_origin, f->origin, f->from,
                                  &f->error));
    } else if (isatty(STDIN_FILENO)) {
        error_set(&f->error, ST_AUTH,
                  "standard input is a terminal: a token typed there would be seen");
        error_next(&f->error, "pipe it in, or use --token-file FILE");
        answer_soon(f, NULL);
    } else {
        f->watching = true;
        loop_watch(f->loop, STDIN_FILENO, LOOP_READ, input_ready, f);
    }
}

static void command_done(void *ctx, const struct child_result *result)
{
    struct token_fetch *f = ctx;
    f->child = NULL;
    if (result->status == ST_OK) {
        f->answer = first_line(str_text(result->out), result->out->len, f->from, &f->error);
    } else if (result->status == ST_CANCELLED) {
        error_set(&f->error, ST_AUTH, "%s took too long and was stopped", f->from);
        error_next(&f->error, "run it by hand, or raise token_timeout");
    } else if (result->status == ST_IO) {
        error_set(&f->error, ST_AUTH, "%s could not be started: %.300s", f->from,
                  result->error.what);
        error_next(&f->error, "check the program's name and its path");
    } else {
        error_set(&f->error, ST_AUTH, "%s failed with exit code %d", f->from, result->exit_code);
        error_next(&f->error, "run it by hand to see why");
    }
    if (result->out && result->out->data)
        secret_wipe(result->out->data, result->out->cap);
    answer(f);
}

static void start_command(struct token_fetch *f, const struct token_source *source, int stderr_fd)
{
    static const char *const unset[] = {"PADDOCK_TOKEN", NULL};
    struct child_spec spec = {
        .argv = (char *const *)(uintptr_t)source->argv,
        .stderr_fd = stderr_fd,
        .out_max = SECRET_BYTES_MAX + 2,
        .timeout_ms = source->timeout_ms,
        .unset = unset,
    };
    struct error err = {0};
    f->child = child_start(f->loop, &spec, command_done, f, &err);
    if (!f->child) {
        error_set(&f->error, ST_AUTH, "%s could not be started: %.300s", f->from, err.what);
        answer_soon(f, NULL);
    }
}

struct token_fetch *token_get(struct tokens *tokens, struct loop *loop,
                              const struct token_source *source, int stderr_fd, token_fn *fn,
                              void *ctx)
{
    struct token_fetch *f = mem_calloc(1, sizeof *f);
    f->tokens = tokens;
    f->loop = loop;
    f->fn = fn;
    f->ctx = ctx;
    f->kind = source->kind;
    f->from = mem_strdup(source->from ? source->from : "");
    f->origin = mem_strdup(source->origin ? source->origin : "");
    f->file = mem_strdup(source->file ? source->file : "");
    if (source->kind == TOKEN_COMMAND)
        start_command(f, source, stderr_fd);
    else if (source->kind == TOKEN_STDIN)
        start_input(f);
    else if (source->kind == TOKEN_FILE)
        answer_soon(f, read_file(f->file, f->from, &f->error));
    else if (source->kind == TOKEN_GIVEN)
        answer_soon(
            f, copy_bound(tokens->given, &tokens->given_origin, f->origin, f->from, &f->error));
    else
        answer_soon(f, NULL);
    return f;
}

void token_cancel(struct token_fetch *fetch)
{
    if (!fetch)
        return;
    child_cancel(fetch->child);
    fetch_free(fetch);
}
