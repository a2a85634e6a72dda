/* disk.c: see disk.h. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static struct {
    unsigned long syncs;
    bool watching, stays;
    unsigned kinds;
    unsigned long at, calls, failures;
    enum disk_fault fault;
} disk;

static const int errnos[] = {
    [DISK_EIO] = EIO,     [DISK_ENOSPC] = ENOSPC, [DISK_EROFS] = EROFS,
    [DISK_SHORT] = EINTR, [DISK_EINTR] = EINTR,   [DISK_TORN] = EIO,
};

/* Whether this call fails; sets errno. */
static bool fails(enum disk_call kind)
{
    if (!disk.watching || !(disk.kinds & kind))
        return false;
    disk.calls++;
    if (disk.at == 0 || (disk.stays ? disk.calls < disk.at : disk.calls != disk.at))
        return false;
    disk.failures++;
    errno = errnos[disk.fault];
    return true;
}

static bool halves(void)
{
    return disk.fault == DISK_SHORT || disk.fault == DISK_TORN;
}

/* ---- the calls ---------------------------------------------------------------------------- */

int fsync(int fd)
{
    disk.syncs++;
    return fails(DISK_SYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    disk.syncs++;
    return fails(DISK_SYNC) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

static ssize_t my_pwrite(int fd, const void *bytes, size_t len, off64_t at)
{
    if (!fails(DISK_WRITE))
        return pwrite64(fd, bytes, len, at);
    int code = errno;
    ssize_t n = halves() && len > 1 ? pwrite64(fd, bytes, len / 2, at) : -1;
    errno = code;
    return disk.fault == DISK_SHORT ? n : -1;
}

static ssize_t my_pread(int fd, void *bytes, size_t len, off64_t at)
{
    if (!fails(DISK_READ))
        return pread64(fd, bytes, len, at);
    int code = errno;
    ssize_t n = disk.fault == DISK_SHORT && len > 1 ? pread64(fd, bytes, len / 2, at) : -1;
    errno = code;
    return n;
}

static int my_ftruncate(int fd, off_t len)
{
    return fails(DISK_TRUNCATE) ? -1 : ftruncate(fd, len);
}

static int my_open(const char *path, int flags, int mode)
{
    return fails(DISK_OPEN) ? -1 : open(path, flags, mode);
}

static int my_unlink(const char *path)
{
    return fails(DISK_UNLINK) ? -1 : unlink(path);
}

/* ---- for the test ------------------------------------------------------------------------- */

static const struct {
    const char *name;
    sqlite3_syscall_ptr call;
} exchanged[] = {
    {"pwrite64", (sqlite3_syscall_ptr)my_pwrite},     {"pread64", (sqlite3_syscall_ptr)my_pread},
    {"ftruncate", (sqlite3_syscall_ptr)my_ftruncate}, {"open", (sqlite3_syscall_ptr)my_open},
    {"unlink", (sqlite3_syscall_ptr)my_unlink},
};

static void exchange(bool ours)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
    for (size_t i = 0; i < sizeof exchanged / sizeof *exchanged; i++)
        vfs->xSetSystemCall(vfs, exchanged[i].name, ours ? exchanged[i].call : NULL);
    disk.watching = ours;
}

unsigned long disk_syncs(void)
{
    return disk.syncs;
}

void disk_begin(void)
{
    disk_fail(0, 0, false, DISK_EIO);
    exchange(true);
}

void disk_end(void)
{
    disk_fail(0, 0, false, DISK_EIO);
    exchange(false);
}

void disk_fail(unsigned calls, unsigned long at, bool stays, enum disk_fault fault)
{
    disk.kinds = calls;
    disk.at = at;
    disk.stays = stays;
    disk.fault = fault;
    disk.calls = disk.failures = 0;
}

unsigned long disk_calls(void)
{
    return disk.calls;
}

unsigned long disk_failures(void)
{
    return disk.failures;
}
