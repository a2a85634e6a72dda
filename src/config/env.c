/* env.c: the environment, as it is, from a list, or without what would lead the demo astray. */
#include "config/env.h"

#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *system_get(void *ctx, const char *name)
{
    (void)ctx;
    return getenv(name);
}

struct env env_system(void)
{
    return (struct env){system_get, NULL};
}

static const char *list_get(void *ctx, const char *name)
{
    size_t len = strlen(name);
    for (const char *const *p = ctx; *p; p++)
        if (strncmp(*p, name, len) == 0 && (*p)[len] == '=')
            return *p + len + 1;
    return NULL;
}

struct env env_from_list(const char *const *list)
{
    return (struct env){list_get, (void *)(uintptr_t)list};
}

static const char *demo_get(void *ctx, const char *name)
{
    static const char *const hidden[] = {"HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"};
    (void)ctx;
    if (strncmp(name, "PADDOCK_", 8) == 0)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
        if (strcmp(name, hidden[i]) == 0)
            return NULL;
    return getenv(name);
}

struct env env_demo(void)
{
    return (struct env){demo_get, NULL};
}

const char *env_get(const struct env *env, const char *name)
{
    const char *value = env->get(env->ctx, name);
    return value && *value ? value : NULL;
}
