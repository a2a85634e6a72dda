/* file_line.h: the lines of a plan's file as JSON, for file.c and stored.c. */
#ifndef PLAN_FILE_LINE_H
#define PLAN_FILE_LINE_H

#include "plan/plan.h"

/* Appends the head as an object without its closing brace; with the number of items. */
void plan_head_line(const struct plan *plan, struct str *out);
/* Appends an item so. A state beyond WAITING is written as waiting. */
void plan_item_line(const struct plan_item *item, struct str *out);
/* Appends the warnings of an item as a JSON array. */
void plan_warnings_json(const struct plan_item *item, struct str *out);

/* The raw JSON of a member of the object; false when it is not there or not JSON. */
bool plan_line_member(struct span object, const char *key, struct span *raw);
/* Reads what plan_head_line wrote (no closing brace). False: it is not one. */
bool plan_head_read(struct span line, struct plan_head *head, uint32_t *count);
/* Reads what plan_item_line wrote into the plan. ST_PARSE. */
enum status plan_item_read(struct span line, struct plan *plan, struct error *err);
/* Reads an array that plan_warnings_json wrote; the result lives in mem. Returns how many. */
uint32_t plan_warnings_read(struct span array, struct arena *mem, struct plan_warning **out);

/* By name; false when there is none. */
bool plan_state_find(struct span name, enum plan_item_state *out);
bool plan_kind_find(struct span name, enum journal_kind *out);

#endif
