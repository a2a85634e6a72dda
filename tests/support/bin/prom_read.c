/* prom_read.c: reads a gauge of one account back with the console's own client.
 *
 *   prom_read URL NAME ID      prints the values of the last hour, one a line, the newest last
 *
 * Exits 1, with the reason on stderr, when it cannot. */
#include "api/api.h"
#include "prom/prom.h"

#include <stdbool.h>
#include <stdio.h>

struct reading {
    bool done, good;
};

static void on_series(void *ctx, const struct prom_series *series, const struct error *err)
{
    struct reading *r = ctx;
    r->done = true;
    r->good = err->status == ST_OK && series->count > 0;
    for (size_t i = 0; i < series->count; i++)
        printf("%lld\n", (long long)series->points[i].value);
    if (!r->good)
        fprintf(stderr, "%s\n", err->status ? err->what : "there are no values");
}

int main(int argc, char **argv)
{
    struct reading r = {0};
    struct error err;
    if (argc != 4 || api_global_init(&err))
        return 2;
    const struct prom_settings settings = {
        .url = argv[1], .connect_timeout_ms = 10000, .total_timeout_ms = 30000};
    struct loop *loop = loop_create(clock_system());
    struct prom *prom = prom_create(loop, &settings, &err);
    int64_t now = clock_wall(loop_clock(loop));
    if (!prom) {
        fprintf(stderr, "%s\n", err.what);
    } else {
        prom_range(prom, argv[2], "provider_account_id", span_of(argv[3]), now - 3600000, now,
                   on_series, &r);
        while (!r.done)
            loop_step(loop, -1);
    }
    prom_destroy(prom);
    loop_destroy(loop);
    return r.good ? 0 : 1;
}
