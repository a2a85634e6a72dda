/* pager.c: see pager.h. */
#include "cli/pager.h"

#include "base/fd.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX  16
#define NO_PROGRAM 127

struct pager {
    char *command; /* owned; cut into words */
    char *argv[WORDS_MAX + 1];
};

/* False when there is to be none. */
static bool choose(struct pager *p)
{
    const char *command = getenv("PAGER"), *term = getenv("TERM");
    size_t n = 0;
    if (!term || !*term || strcmp(term, "dumb") == 0)
        return false;
    p->command = mem_strdup(command ? command : "less");
    for (char *word = strtok(p->command, " \t"); word && n < WORDS_MAX; word = strtok(NULL, " \t"))
        p->argv[n++] = word;
    p->argv[n] = NULL;
    return n > 0 && strcmp(p->argv[0], "cat") != 0;
}

/* Lines as the terminal breaks them; the last one of the screen is the prompt's. */
static bool is_long(const struct str *text)
{
    struct winsize size;
    size_t lines = 0, column = 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col)
        return false;
    for (size_t i = 0; i < text->len; i++) {
        bool ends = text->data[i] == '\n';
        lines += ends || (column && column % size.ws_col == 0);
        column = ends ? 0 : column + 1;
    }
    return lines >= size.ws_row;
}

/* In the child. */
static void become_pager(const struct pager *p, int in)
{
    dup2(in, STDIN_FILENO);
    signal(SIGPIPE, SIG_DFL);
    setenv("LESS", "FRX", 0);
    unsetenv("PADDOCK_TOKEN");
    execvp(p->argv[0], p->argv);
    _exit(NO_PROGRAM);
}

/* False when it could not be run: nothing was shown. ^C is the pager's while it runs, and one that
 * is left early wants no more. */
static bool show(const struct pager *p, const struct str *text)
{
    const struct sigaction ignored = {.sa_handler = SIG_IGN};
    struct sigaction interrupt, broken;
    int ends[2], status = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    pid_t pid = fork();
    if (pid == 0)
        become_pager(p, ends[0]);
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return false;
    }
    sigaction(SIGINT, &ignored, &interrupt);
    sigaction(SIGPIPE, &ignored, &broken);
    (void)fd_write_all(ends[1], span_from(text));
    close(ends[1]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGPIPE, &broken, NULL);
    return !WIFEXITED(status) || WEXITSTATUS(status) != NO_PROGRAM;
}

enum exit_code cli_page(struct cli *cli, const struct str *text, enum exit_code code)
{
    struct pager p = {.command = NULL};
    bool shown = cli->out == stdout && isatty(STDOUT_FILENO) && is_long(text) && choose(&p) &&
                 cli_put_now(cli) && show(&p, text);
    mem_free(p.command);
    if (!shown)
        cli_put(cli, text);
    return cli_flush(cli, code);
}
