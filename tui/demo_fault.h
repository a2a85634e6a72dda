/* demo_fault.h: what can be broken in the demo on purpose: the sandbox is asked to be ill. */
#ifndef TUI_DEMO_FAULT_H
#define TUI_DEMO_FAULT_H

#include "base/error.h"
#include "loop/loop.h"

/* One that can be asked for: its name, the sandbox's own name of it ("none" ends all), and what
 * will be seen. */
struct demo_fault_row {
    const char *name, *fault, *help;
};
#define DEMO_FAULTS 7
extern const struct demo_fault_row demo_faults[DEMO_FAULTS];

struct demo_fault;
/* err->status ST_OK: the sandbox took it. */
typedef void demo_fault_fn(void *ctx, const struct demo_fault_row *row, const struct error *err);

/* Starts one request to the sandbox at `url` with this token; both are copied. done is called once,
 * from the loop, unless it is destroyed before. NULL and *err when there can be none. */
struct demo_fault *demo_fault_start(struct loop *loop, const char *url, const char *token,
                                    const struct demo_fault_row *row, demo_fault_fn *done,
                                    void *ctx, struct error *err);
/* Not from inside done. NULL allowed. */
void demo_fault_destroy(struct demo_fault *f);

#endif
