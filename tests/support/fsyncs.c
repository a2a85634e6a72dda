/* fsyncs.c: see fsyncs.h. The counter is global as the calls are. */
#include "fsyncs.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_ulong count;

int fsync(int fd)
{
    atomic_fetch_add(&count, 1);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    atomic_fetch_add(&count, 1);
    return (int)syscall(SYS_fdatasync, fd);
}

unsigned long fsyncs_count(void)
{
    return atomic_load(&count);
}
