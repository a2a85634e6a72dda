/* observe.c: what changed from one complete sync to the next. */
#include "keep/parts.h"

bool keep_observe_slice(struct keep *keep)
{
    if (!keep->observing)
        return false;
    for (; keep->observe_at < fleet_rows(keep->fleet); keep->observe_at++) {
        if (fleet_news(keep->fleet, keep->observe_at) != FLEET_NEWS_NONE)
            fleet_settle(keep->fleet, keep->observe_at);
        if (keep->observe_at % 64 == 0 && keep_slice_over(keep))
            return true;
    }
    keep->observing = false;
    return false;
}
