/* hardening.h: what the process gives up before it has read any token. */
#ifndef CONFIG_HARDENING_H
#define CONFIG_HARDENING_H

/* umask 077; no core dumps (RLIMIT_CORE 0); not dumpable, so that another process of the user
 * cannot trace it or read its memory; SSLKEYLOGFILE unset, which Debian's libcurl would obey
 * (RELIABILITY, finding 3). Call it first in main(), before threads and libcurl. Cannot fail in a
 * way that matters: each step stands alone. */
void hardening_apply(void);

#endif
