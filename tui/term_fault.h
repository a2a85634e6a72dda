/* term_fault.h: giving the terminal back when nothing else can be trusted any more.
 *
 * A fault handler has no context and may call next to nothing, so what it needs is prepared while
 * all is well: the descriptor, the bytes, the settings. One place holds them, process-wide by
 * nature; term.c arms it when it takes the terminal over and disarms it when it gives it back. */
#ifndef TUI_TERM_FAULT_H
#define TUI_TERM_FAULT_H

#include <stddef.h>
#include <termios.h>

#define TERM_FAULT_BYTES 512

/* Prepares what gives the terminal back: bytes (copied, at most TERM_FAULT_BYTES) and settings. */
void term_fault_arm(int fd, const char *bytes, size_t len, const struct termios *saved);
void term_fault_disarm(void);

/* Catches SEGV, ABRT, BUS, ILL, FPE on a stack of its own, running out of memory, and exit(). The
 * handler gives the terminal back and lets the signal do what it did before (F26, F28). */
void term_fault_install(void);
/* Puts the old handlers and the old stack back. */
void term_fault_remove(void);

#endif
