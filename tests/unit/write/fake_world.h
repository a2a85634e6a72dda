/* fake_world.h: what the rigs of the write machine and of plans share: the time at which their
 * tests begin, a loop that is driven by hand, and the write machine over the api of fake_api.h. */
#ifndef TESTS_FAKE_WORLD_H
#define TESTS_FAKE_WORLD_H

#include "tests/unit/write/fake_api.h"

#include "tests/support/open_writes.h"
#include "tests/support/tmpdir.h"

/* At 2025-10-20T14:02:07Z, moved by fake_advance. */
static inline struct clock fake_clock(struct clock_manual *manual)
{
    *manual = (struct clock_manual){.mono_ms = 1000000, .wall_ms = 1760968927000};
    return clock_from_manual(manual);
}

/* As many turns as any answer takes to come to rest. */
static inline void fake_turn(struct loop *loop)
{
    for (int i = 0; i < 8; i++)
        loop_step(loop, 0);
}

static inline void fake_advance(struct loop *loop, struct clock_manual *manual, int64_t ms)
{
    manual->mono_ms += ms;
    manual->wall_ms += ms;
    fake_turn(loop);
}

/* The writes of profile prod to https://gw.example.net. */
static inline struct writes *fake_writes(struct loop *loop, struct api *api, struct fleet *fleet,
                                         struct journal *journal, enum patch_policies policies)
{
    const struct writes_env env = {.loop = loop,
                                   .api = api,
                                   .fleet = fleet,
                                   .journal = journal,
                                   .profile = "prod",
                                   .operator_name = "op@host",
                                   .policies = policies,
                                   .origin = "https://gw.example.net"};
    return writes_create(&env);
}

#endif
