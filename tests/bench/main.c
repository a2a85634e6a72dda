/* main.c: bench [-o json] [NAME...]: runs the benches that the named figures need (all without a
 * name; a bench's name stands for its figures) and prints them. Exits 0 when every figure that was
 * measured is reached, 1 when one is not, 2 when one could not be measured. */
#include "bench.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum bound { AT_MOST, AT_LEAST };
enum which {
#define BENCH(id, words) WHICH_##id,
#define FIGURE(id, bench, bound, reach, unit, words)
#include "figures.def"
#undef BENCH
#undef FIGURE
    WHICH_COUNT
};

static const struct bench_row {
    const char *name, *words;
    void (*run)(struct bench *b);
} benches[] = {
#define BENCH(id, words) {#id, words, bench_##id},
#define FIGURE(id, bench, bound, reach, unit, words)
#include "figures.def"
#undef BENCH
#undef FIGURE
};

static const struct figure_row {
    const char *name;
    enum which bench;
    enum bound bound;
    double reach;
    const char *unit, *words;
} figures[] = {
#define BENCH(id, words)
#define FIGURE(id, bench, bound, reach, unit, words)                                               \
    {#id, WHICH_##bench, bound, reach, unit, words},
#include "figures.def"
#undef BENCH
#undef FIGURE
};

struct measured {
    bool wanted, known;
    double value;
    char note[160];
};

struct bench {
    struct measured of[FIGURE_COUNT];
};

/* ---- for the benches ---------------------------------------------------------------------- */

void bench_set(struct bench *b, enum figure figure, double measured, const char *note, ...)
{
    struct measured *m = &b->of[figure];
    m->known = true;
    m->value = measured;
    m->note[0] = '\0';
    va_list ap;
    va_start(ap, note);
    if (note)
        vsnprintf(m->note, sizeof m->note, note, ap);
    va_end(ap);
}

void bench_skip(struct bench *b, enum figure figure, const char *why)
{
    b->of[figure].known = false;
    snprintf(b->of[figure].note, sizeof b->of[figure].note, "%s", why);
}

bool bench_wants(const struct bench *b, enum figure figure)
{
    return b->of[figure].wanted;
}

int64_t bench_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *numbers, size_t count)
{
    if (count == 0)
        return 0;
    qsort(numbers, count, sizeof *numbers, by_size);
    return count % 2 ? numbers[count / 2] : (numbers[count / 2 - 1] + numbers[count / 2]) / 2;
}

/* ---- choosing and printing ---------------------------------------------------------------- */

static bool want(struct bench *b, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        if (strcmp(figures[i].name, name) != 0 && strcmp(benches[figures[i].bench].name, name) != 0)
            continue;
        b->of[i].wanted = found = true;
    }
    return found;
}

static bool reached(const struct figure_row *f, const struct measured *m)
{
    return m->known && (f->bound == AT_MOST ? m->value <= f->reach : m->value >= f->reach);
}

static void print_table(const struct bench *b)
{
    printf("%-24s %16s %12s %-8s %-4s %s\n", "FIGURE", "REACH", "MEASURED", "", "OK", "WHAT");
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        const struct figure_row *f = &figures[i];
        const struct measured *m = &b->of[i];
        char reach[32], value[32] = "-";
        if (!m->wanted)
            continue;
        snprintf(reach, sizeof reach, "%s %g", f->bound == AT_MOST ? "at most" : "at least",
                 f->reach);
        if (m->known)
            snprintf(value, sizeof value, "%.4g", m->value);
        printf("%-24s %16s %12s %-8s %-4s %s%s%s%s\n", f->name, reach, value, f->unit,
               !m->known       ? "?"
               : reached(f, m) ? "yes"
                               : "NO",
               f->words, m->note[0] ? " (" : "", m->note, m->note[0] ? ")" : "");
    }
}

/* The texts are ours and hold nothing that JSON would have escaped but quotes and backslashes. */
static void print_text(const char *name, const char *text)
{
    printf(",\"%s\":\"", name);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar((unsigned char)*text < ' ' ? ' ' : *text);
    }
    putchar('"');
}

static void print_json(const struct bench *b)
{
    const char *before = "";
    printf("{\"figures\":[");
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        const struct figure_row *f = &figures[i];
        const struct measured *m = &b->of[i];
        if (!m->wanted)
            continue;
        printf("%s\n{\"name\":\"%s\",\"bound\":\"%s\",\"reach\":%.9g,\"measured\":", before,
               f->name, f->bound == AT_MOST ? "at_most" : "at_least", f->reach);
        printf(m->known ? "%.9g" : "null", m->value);
        printf(",\"ok\":%s", reached(f, m) ? "true" : "false");
        print_text("unit", f->unit);
        print_text("words", f->words);
        print_text("note", m->note);
        printf("}");
        before = ",";
    }
    printf("\n]}\n");
}

static void run(struct bench *b)
{
    bool needed[WHICH_COUNT] = {false};
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        if (!b->of[i].wanted)
            continue;
        needed[figures[i].bench] = true;
        bench_skip(b, (enum figure)i, "not measured");
    }
    for (size_t i = 0; i < WHICH_COUNT; i++) {
        if (!needed[i])
            continue;
        fprintf(stderr, "measuring: %s\n", benches[i].words);
        benches[i].run(b);
    }
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    bool json = false, named = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc && strcmp(argv[i + 1], "json") == 0) {
            json = true;
            i++;
        } else if (!want(&b, argv[i])) {
            fprintf(stderr, "bench: no figure or bench is named %s\n", argv[i]);
            return 64;
        } else {
            named = true;
        }
    }
    for (size_t i = 0; i < FIGURE_COUNT && !named; i++)
        b.of[i].wanted = true;
    run(&b);
    if (json)
        print_json(&b);
    else
        print_table(&b);
    int worst = 0;
    for (size_t i = 0; i < FIGURE_COUNT; i++)
        if (b.of[i].wanted && !reached(&figures[i], &b.of[i]))
            worst = !b.of[i].known ? 2 : worst > 1 ? worst : 1;
    return worst;
}
