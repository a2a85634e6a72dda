/* proc_look.h: what a process of ours holds and has used, as /proc tells it. */
#ifndef SUPPORT_PROC_LOOK_H
#define SUPPORT_PROC_LOOK_H

#include <sys/types.h>

/* Kilobytes of memory that are resident and its own (VmRSS without files and shared memory, which
 * the kernel may drop and bring back as it likes); -1 when it is gone. */
long proc_anon_kb(pid_t pid);
/* All that is resident (VmRSS). */
long proc_rss_kb(pid_t pid);
/* Open descriptors; -1 where the kernel shows them to root alone (a program that is not dumpable).
 */
long proc_descriptors(pid_t pid);
/* Seconds of CPU it has used, in user mode and in the kernel; -1 when it is gone. */
double proc_cpu_seconds(pid_t pid);

#endif
