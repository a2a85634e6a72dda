/* term_fault.c: see term_fault.h. Everything here is async-signal-safe (POSIX 2.4.3) except the
 * installing itself. */
#include "tui/term_fault.h"

#include "base/mem.h"
#include "base/vec.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STACK_BYTES                                                                                \
    (64 * 1024) /* SIGSTKSZ is no constant any more; sanitizers need more than it                  \
                 */

static const int fault_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE};

static struct {
    volatile sig_atomic_t armed;
    int fd;
    size_t len;
    char bytes[TERM_FAULT_BYTES];
    struct termios saved;
    bool installed, at_exit;
    stack_t old_stack;
    struct sigaction old[ARRAY_LEN(fault_signals)];
} fault;

static _Alignas(16) char stack_bytes[STACK_BYTES];

void term_fault_arm(int fd, const char *bytes, size_t len, const struct termios *saved)
{
    fault.armed = 0;
    fault.fd = fd;
    fault.len = len < TERM_FAULT_BYTES ? len : TERM_FAULT_BYTES;
    memcpy(fault.bytes, bytes, fault.len);
    fault.saved = *saved;
    fault.armed = 1;
}

void term_fault_disarm(void)
{
    fault.armed = 0;
}

/* Gives the terminal back now, if it is armed: write(2) and tcsetattr(3) only. */
static void term_fault_reset(void)
{
    if (!fault.armed)
        return;
    fault.armed = 0;
    int kept = errno;
    size_t done = 0;
    /* The descriptor does not block; a terminal that takes nothing must not hold up the end, so a
     * few tries are all it gets. */
    for (int tries = 0; done < fault.len && tries < 64; tries++) {
        ssize_t n = write(fault.fd, fault.bytes + done, fault.len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n < 0 && errno != EINTR && errno != EAGAIN)
            break;
    }
    tcsetattr(fault.fd, TCSANOW, &fault.saved);
    errno = kept;
}

static void on_fault(int signo)
{
    term_fault_reset();
    /* What was there before (the default, or a sanitizer's report) gets the signal: a fault of this
     * very instruction comes again when we return, one that was sent needs the raise. */
    for (size_t i = 0; i < ARRAY_LEN(fault_signals); i++)
        if (fault_signals[i] == signo)
            sigaction(signo, &fault.old[i], NULL);
    raise(signo);
}

void term_fault_install(void)
{
    if (fault.installed)
        return;
    stack_t stack = {.ss_sp = stack_bytes, .ss_size = STACK_BYTES};
    sigaltstack(&stack, &fault.old_stack);
    struct sigaction act = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(fault_signals); i++)
        sigaction(fault_signals[i], &act, &fault.old[i]);
    mem_on_failure(term_fault_reset);
    if (!fault.at_exit)
        fault.at_exit = atexit(term_fault_reset) == 0;
    fault.installed = true;
}

void term_fault_remove(void)
{
    if (!fault.installed)
        return;
    for (size_t i = 0; i < ARRAY_LEN(fault_signals); i++)
        sigaction(fault_signals[i], &fault.old[i], NULL);
    sigaltstack(&fault.old_stack, NULL);
    mem_on_failure(NULL);
    fault.installed = false;
}
