/* config.c: the operator's configuration: any text is a configuration or a list of what is wrong.
 */
#include "fuzz.h"

#include "config/config.h"

#define CONFIG_FUZZ_MAX 20000

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct config *c = NULL;
    struct error err;
    if (len > CONFIG_FUZZ_MAX)
        return 0;
    enum status st = config_load_text("f.cfg", (const char *)bytes, len, &c, &err);
    HOLDS(c);
    HOLDS((st == ST_OK) == (config_problem_count(c) == 0));
    for (size_t i = 0; i < config_problem_count(c); i++)
        HOLDS(config_problem(c, i).text[0]);
    for (size_t i = 0; i < config_profile_count(c); i++)
        HOLDS(config_profile_name(c, i));
    for (int o = 0; o < OPTION_COUNT; o++) {
        const struct option_info *info = option_info((enum option)o);
        if (info->scope != SCOPE_TOP)
            continue;
        const struct option_value *v = config_option(c, (enum option)o);
        /* The table has a duration's range in seconds, its value is in milliseconds. */
        int64_t unit = info->type == OT_DURATION ? 1000 : 1;
        if (info->type == OT_INT || info->type == OT_DURATION)
            HOLDS(v->i >= info->min * unit && v->i <= info->max * unit);
    }
    config_unload(c);
    return 0;
}
