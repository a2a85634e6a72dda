/* hardening.c: four system calls, each for its own leak. */
#include "config/hardening.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void hardening_apply(void)
{
    struct rlimit none = {0, 0};
    umask(077);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)unsetenv("SSLKEYLOGFILE");
}
