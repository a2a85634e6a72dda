/* disk.h: what a program asks of the disk, counted and, when a test says so, refused.
 *
 * A program that uses this file gets fsync() and fdatasync() of its own; with disk_begin() SQLite's
 * calls of the system (its VFS lets them be exchanged) come through here, too. So a full disk, an
 * I/O error, a short write and an interrupted one happen below everything that is under test. It is
 * global, as the disk is; one thread. */
#ifndef SUPPORT_DISK_H
#define SUPPORT_DISK_H

#include <stdbool.h>

enum disk_call {
    DISK_WRITE = 1, /* pwrite */
    DISK_SYNC = 2,  /* fsync, fdatasync */
    DISK_TRUNCATE = 4,
    DISK_OPEN = 8,
    DISK_READ = 16, /* pread */
    DISK_UNLINK = 32,
    DISK_ALL = 63,
};

enum disk_fault {
    DISK_EIO,
    DISK_ENOSPC,
    DISK_EROFS,
    DISK_SHORT, /* a write or read of half the bytes, which is no error; else as EINTR */
    DISK_EINTR,
    DISK_TORN, /* half the bytes, then EIO: what is there is neither old nor new */
};

/* Calls of fsync and fdatasync since the program began. */
unsigned long disk_syncs(void);

/* From here to disk_end() SQLite's calls are watched. */
void disk_begin(void);
void disk_end(void);
/* The at-th watched call (1 is the next) of these kinds fails; with `stays` all later ones do.
 * at 0: none. */
void disk_fail(unsigned calls, unsigned long at, bool stays, enum disk_fault fault);
/* How many calls of the kinds given to disk_fail came since, and how many of them failed. */
unsigned long disk_calls(void);
unsigned long disk_failures(void);

#endif
