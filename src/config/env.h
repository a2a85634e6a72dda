/* env.h: the environment as a value, so that --demo can leave PADDOCK_* out and a test can bring
 * its own. */
#ifndef CONFIG_ENV_H
#define CONFIG_ENV_H

struct env {
    /* The value of a variable, or NULL; (borrowed) until the next call. */
    const char *(*get)(void *ctx, const char *name);
    void *ctx; /* (borrowed) */
};

/* The process's own. */
struct env env_system(void);
/* From "NAME=value" texts, NULL-terminated; (borrowed). */
struct env env_from_list(const char *const *list);
/* The process's own without PADDOCK_* and proxy variables. */
struct env env_demo(void);

/* The value, or NULL when it is unset or empty. */
const char *env_get(const struct env *env, const char *name);

#endif
