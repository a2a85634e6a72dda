/* proc_look.c: see proc_look.h. */
#include "proc_look.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static long status_kb(pid_t pid, const char *name)
{
    char path[64], line[200];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return -1;
    size_t len = strlen(name);
    while (kb < 0 && fgets(line, sizeof line, f)) {
        if (strncmp(line, name, len) == 0 && sscanf(line + len, ": %ld", &kb) != 1)
            kb = -1;
    }
    fclose(f);
    return kb;
}

long proc_anon_kb(pid_t pid)
{
    return status_kb(pid, "RssAnon");
}

long proc_rss_kb(pid_t pid)
{
    return status_kb(pid, "VmRSS");
}

long proc_descriptors(pid_t pid)
{
    char path[64];
    long n = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *d = opendir(path);
    if (!d)
        return -1;
    for (const struct dirent *e = readdir(d); e; e = readdir(d))
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

/* Fields 14 and 15; what stands before them in brackets may hold anything. */
double proc_cpu_seconds(pid_t pid)
{
    char path[64], text[1024];
    unsigned long user, kernel;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return -1;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *after = strrchr(text, ')');
    if (!after || sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                         &kernel) != 2)
        return -1;
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}
