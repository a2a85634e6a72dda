/* demo.c: fork, exec, and the first line that the sandbox prints. */
#include "cli/demo.h"

#include "base/mem.h"
#include "base/secret.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOKEN_BYTES  24
#define START_MS     20000
#define STOP_TRIES   100
#define STOP_STEP_MS 20
#define DIR_NAME     "paddock-demo-"

struct demo {
    pid_t pid;
    int out; /* the sandbox's stdout and stderr; kept open while it runs */
    char token[2 * TOKEN_BYTES + 1];
    struct str url;
    char *dir; /* owned */
    pid_t broom;
    int life; /* a pipe's end that nobody else has: it closes when we end, however we end */
};

const char *demo_url(const struct demo *demo)
{
    return str_text(&demo->url);
}

const char *demo_token(const struct demo *demo)
{
    return demo->token;
}

const char *demo_dir(const struct demo *demo)
{
    return demo->dir;
}

/* The sandbox beside our own program; or its bare name, to be looked up in PATH. */
static void find_program(struct str *out)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        str_append(out, self, slash ? (size_t)(slash - self) : 0);
        str_add(out, "/paddock-sandbox");
        if (slash && access(str_text(out), X_OK) == 0)
            return;
        str_clear(out);
    }
    str_add(out, "paddock-sandbox");
}

static enum status make_token(char token[2 * TOKEN_BYTES + 1], struct error *err)
{
    unsigned char bytes[TOKEN_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return error_set(err, ST_FAIL, "no random bytes for a token: %s", strerror(errno));
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(token + 2 * i, 3, "%02x", bytes[i]);
    return ST_OK;
}

/* In the child, after fork: only what is safe there. */
static void become_sandbox(const char *program, char *const *envp, int out)
{
    char accounts[16];
    snprintf(accounts, sizeof accounts, "%d", DEMO_ACCOUNTS);
    char *const argv[] = {(char *)(uintptr_t)program,
                          (char *)(uintptr_t) "--port",
                          (char *)(uintptr_t) "0",
                          (char *)(uintptr_t) "--accounts",
                          accounts,
                          (char *)(uintptr_t) "--org",
                          (char *)(uintptr_t)DEMO_ORG,
                          (char *)(uintptr_t) "--die-with-parent",
                          NULL};
    int null = open("/dev/null", O_RDONLY);
    /* A session of its own: the terminal's signals are for the console. */
    setsid();
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execvpe(program, argv, envp);
    dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno));
    _exit(127);
}

/* Our environment without PADDOCK_*, with the token. Array owned; texts borrowed. */
static char **child_env(char *token_var)
{
    extern char **environ;
    size_t count = 0, room = 0;
    char **list = NULL;
    for (char **e = environ; e && *e; e++)
        if (strncmp(*e, "PADDOCK_", 8) != 0) {
            VEC_ROOM(list, count, room);
            list[count++] = *e;
        }
    VEC_ROOM(list, count, room);
    list[count++] = token_var;
    VEC_ROOM(list, count, room);
    list[count] = NULL;
    return list;
}

static enum status start_child(struct demo *demo, struct error *err)
{
    struct str program = STR_INIT, var = STR_INIT;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_set(err, ST_FAIL, "cannot start the sandbox: %s", strerror(errno));
    find_program(&program);
    str_printf(&var, "PADDOCK_SANDBOX_TOKEN=%s", demo->token);
    char **envp = child_env(var.data);
    demo->pid = fork();
    if (demo->pid == 0)
        become_sandbox(str_text(&program), envp, ends[1]);
    int failed = errno;
    close(ends[1]);
    demo->out = ends[0];
    secret_wipe(var.data, var.len);
    mem_free(envp);
    str_finish(&var);
    str_finish(&program);
    if (demo->pid < 0)
        return error_set(err, ST_FAIL, "cannot start the sandbox: %s", strerror(failed));
    return ST_OK;
}

/* Its first line is the URL, or why it could not start. */
static enum status read_url(struct demo *demo, struct error *err)
{
    struct pollfd fd = {demo->out, POLLIN, 0};
    for (;;) {
        char c;
        int ready = poll(&fd, 1, START_MS);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            return error_set(err, ST_FAIL, "the sandbox did not start within %d s",
                             START_MS / 1000);
        ssize_t n = read(demo->out, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || c == '\n')
            break;
        str_add_char(&demo->url, c);
    }
    if (strncmp(demo_url(demo), "http://127.0.0.1:", 17) != 0) {
        error_set(err, ST_FAIL, "the sandbox did not start: %.300s", demo_url(demo));
        error_next(err, "paddock-sandbox has to stand beside paddock, or in PATH");
        return ST_FAIL;
    }
    return ST_OK;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    (void)remove(path);
    return 0;
}

static void remove_dir(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- the directory ------------------------------------------------------------------------- */

/* Where the kernel cannot close a range (before Linux 5.9): one by one. */
static void close_from(int first, int last)
{
    long most = sysconf(_SC_OPEN_MAX);
    if (first > last || close_range((unsigned)first, (unsigned)last, 0) == 0)
        return;
    for (int fd = first; fd <= last && fd < most; fd++)
        close(fd);
}

/* In the broom: nothing of ours stays open in it but `keep`, above the standard three, so that a
 * terminal or a pipe ends with us. Nothing is asked of /proc: a chroot has none. */
static void close_all_but(int keep)
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (null < 0 || dup2(null, fd) < 0)
            close(fd);
    }
    close_from(STDERR_FILENO + 1, keep - 1);
    close_from(keep + 1, INT_MAX);
}

/* A process that does nothing but wait for our end and remove the directory: a SIGKILL leaves us no
 * time to. It ends with the pipe, and is in no signal's way. */
static void start_broom(struct demo *demo)
{
    int ends[2];
    char byte;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return;
    demo->broom = fork();
    if (demo->broom == 0) {
        secret_wipe(demo->token, sizeof demo->token);
        setsid();
        /* Where a standard one is closed the pipe stands in its place. */
        int life = fcntl(ends[0], F_DUPFD, STDERR_FILENO + 1);
        if (life < 0)
            _exit(1);
        close_all_but(life);
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        ssize_t n;
        do
            n = read(life, &byte, 1);
        while (n > 0 || (n < 0 && errno == EINTR));
        remove_dir(demo->dir);
        _exit(0);
    }
    close(ends[0]);
    demo->life = ends[1];
}

/* A demo that was killed together with its broom (or on a machine that went down) could not remove
 * its directory: its name tells the process, and the next demo sweeps up what belongs to none that
 * lives. */
static void sweep(const char *tmp)
{
    DIR *dir = opendir(tmp);
    struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        struct stat st;
        int pid = 0, end = 0;
        if (sscanf(entry->d_name, DIR_NAME "%d-%n", &pid, &end) != 1 || end == 0 || pid <= 1)
            continue;
        if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISDIR(st.st_mode) || st.st_uid != geteuid() || kill(pid, 0) == 0 || errno != ESRCH)
            continue;
        char *path = paths_join(tmp, entry->d_name);
        remove_dir(path);
        mem_free(path);
    }
    if (dir)
        closedir(dir);
}

static enum status make_dir(struct demo *demo, struct error *err)
{
    const char *tmp = getenv("TMPDIR");
    struct str path = STR_INIT;
    tmp = tmp && tmp[0] == '/' ? tmp : "/tmp";
    sweep(tmp);
    str_printf(&path, "%s/" DIR_NAME "%d-XXXXXX", tmp, (int)getpid());
    demo->dir = str_steal(&path);
    if (!mkdtemp(demo->dir)) {
        error_set(err, ST_FAIL, "cannot make %s: %s", demo->dir, strerror(errno));
        mem_free(demo->dir);
        demo->dir = NULL;
        return ST_FAIL;
    }
    return ST_OK;
}

enum status demo_start(struct demo **out, struct error *err)
{
    struct demo *demo = mem_calloc(1, sizeof *demo);
    demo->out = demo->life = -1;
    demo->pid = demo->broom = -1;
    *out = NULL;
    enum status st = make_token(demo->token, err);
    if (st == ST_OK)
        st = make_dir(demo, err);
    if (st == ST_OK)
        start_broom(demo);
    if (st == ST_OK)
        st = start_child(demo, err);
    if (st == ST_OK)
        st = read_url(demo, err);
    if (st != ST_OK) {
        demo_stop(demo);
        return st;
    }
    *out = demo;
    return ST_OK;
}

static void stop_child(pid_t pid)
{
    kill(pid, SIGTERM);
    for (int i = 0; i < STOP_TRIES; i++) {
        if (waitpid(pid, NULL, WNOHANG) != 0)
            return;
        poll(NULL, 0, STOP_STEP_MS);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

void demo_stop(struct demo *demo)
{
    if (!demo)
        return;
    if (demo->pid > 0)
        stop_child(demo->pid);
    if (demo->out >= 0)
        close(demo->out);
    if (demo->dir)
        remove_dir(demo->dir);
    if (demo->life >= 0)
        close(demo->life);
    while (demo->broom > 0 && waitpid(demo->broom, NULL, 0) < 0 && errno == EINTR)
        ;
    mem_free(demo->dir);
    secret_wipe(demo->token, sizeof demo->token);
    str_finish(&demo->url);
    mem_free(demo);
}
