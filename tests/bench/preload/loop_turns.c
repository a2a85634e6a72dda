/* loop_turns.c: loaded before the console (LD_PRELOAD), it measures the turns of its loop: the CPU
 * time from one poll() that waits for the terminal to the next, which is how long a key may have to
 * wait. The longest since somebody wrote 0 stands in the file that LOOP_TURNS names: eight bytes,
 * nanoseconds as the machine has them. CPU time, because a busy machine's pauses are not the
 * program's; what the disk takes is not in it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*real_poll)(struct pollfd *, nfds_t, int);
static volatile int64_t *longest;
static int64_t begun_ns;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("LOOP_TURNS");
    int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    *(void **)&real_poll = dlsym(RTLD_NEXT, "poll");
    if (fd < 0)
        return;
    if (ftruncate(fd, sizeof *longest) == 0) {
        void *p = mmap(NULL, sizeof *longest, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        longest = p == MAP_FAILED ? NULL : p;
    }
    close(fd);
}

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The loop's own sleep: it asks for the terminal among others. A look at one descriptor between two
 * callbacks ends no turn. */
static int is_sleep(const struct pollfd *fds, nfds_t count)
{
    for (nfds_t i = 0; count > 1 && i < count; i++)
        if (isatty(fds[i].fd))
            return 1;
    return 0;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    if (!longest || !is_sleep(fds, count))
        return real_poll(fds, count, timeout);
    int64_t took = begun_ns ? cpu_ns() - begun_ns : 0;
    if (took > *longest)
        *longest = took;
    int ready = real_poll(fds, count, timeout);
    begun_ns = cpu_ns();
    return ready;
}
