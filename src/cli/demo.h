/* demo.h: the sandbox as a child, so that one command shows everything without a server.
 *
 * The program that stands beside ours is taken first, so that a build shows its own sandbox. The
 * token is random and travels in the child's environment, never in its arguments. The child ends
 * when we end, however we end; so does its directory: a second child waits for
 * nothing but that. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include "base/error.h"

#define DEMO_ORG      "org_demo"
#define DEMO_ACCOUNTS 1200
#define DEMO_WORDS    "Demo: nothing here is real."

struct demo;
/* Starts it with DEMO_ACCOUNTS sample accounts and waits for its URL (at most 20 s). Errors:
 * ST_FAIL with the reason. */
enum status demo_start(struct demo **out, struct error *err);
/* Ends the sandbox and removes its directory. NULL allowed. */
void demo_stop(struct demo *demo);
const char *demo_url(const struct demo *demo);   /* (borrowed) */
const char *demo_token(const struct demo *demo); /* (borrowed) */
/* A directory of its own, for state that nobody keeps. */
const char *demo_dir(const struct demo *demo); /* (borrowed) */

#endif
