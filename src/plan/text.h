/* text.h: a plan in plain lines, for a terminal, a log or a diff. Everything passes text_safe. */
#ifndef PLAN_TEXT_H
#define PLAN_TEXT_H

#include "plan/plan.h"

struct plan_text_options {
    bool reveal;   /* credentials_ref in full, but for what looks like a key */
    bool quiet;    /* without the items that stay the same */
    unsigned safe; /* enum text_flags */
};

/* Appends the items, those that are skipped after all others:
 *   ~ az-gpt-eu-prod-01 (pa_1)
 *       quota_policy.max_tokens_per_month  500,000,000 > 600,000,000 tokens/month
 *       ! below the 412,000,000 already used: may block at once
 *   x oai-main-us (pa_2)  skipped: quota.tokens: no limit */
void plan_text_items(const struct plan *plan, const struct plan_text_options *options,
                     struct str *out);
/* Appends "1 deletion, 20 changes, 2 unchanged, 2 skipped, 3 with a warning" and a line a total,
 * those first where a limit goes: "tokens/month  2 LOSE the limit: unlimited; 5.7G → 6.84G
 * (+1.14G); 1 gets a limit; 3 without a limit, not counted". */
void plan_text_totals(const struct plan *plan, const struct plan_text_options *options,
                      struct str *out);
/* Appends the items that are not done: failed, unknown, stale, with their notes. */
void plan_text_left(const struct plan *plan, const struct plan_text_options *options,
                    struct str *out);

/* The items that are left and have a warning, at most `most` of them, each with its warnings in
 * lines below; and how many more there are. */
void plan_text_warnings(const struct plan *plan, uint32_t most,
                        const struct plan_text_options *options, struct str *out);

/* What an operator should know before the word is typed, as raw text on one line, each nothing when
 * there is nothing of it: that what was applied was taken back since; who changes a limit ten times
 * or more or loses one, of what is left, at most `most` by name; how many lose which limit; whose
 * new reference looks like a key, at most `most` by name; and all of it but the keys, with the
 * deletes. */
/* Of whom nobody enabled is left (struct plan_blast), a line each, or that it is not known:
 *   ! no enabled account is left at all
 *   ! no enabled account of provider openai is left
 *   and 2 more
 * Nothing for a plan that switches nobody off. And the same in words, on one line, as the others.
 */
void plan_text_blast(const struct plan *plan, const struct plan_text_options *options,
                     struct str *out);
void plan_text_last(const struct plan *plan, struct str *out);
void plan_text_undone(const struct plan *plan, struct str *out);
void plan_text_tenfold(const struct plan *plan, uint32_t most, struct str *out);
void plan_text_lost(const struct plan *plan, struct str *out);
void plan_text_keys(const struct plan *plan, uint32_t most, struct str *out);
void plan_text_danger(const struct plan *plan, struct str *out);

#endif
