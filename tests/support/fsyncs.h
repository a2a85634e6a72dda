/* fsyncs.h: how often a program asked the disk to have it for certain.
 *
 * A program that calls fsyncs_count() gets fsync() and fdatasync() of this file, which count and
 * then do it; libraries loaded with it (SQLite) call the same two. */
#ifndef SUPPORT_FSYNCS_H
#define SUPPORT_FSYNCS_H

/* Calls of either since the program began. */
unsigned long fsyncs_count(void);

#endif
