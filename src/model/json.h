/* json.h: cJSON under strict rules, and writing JSON.
 *
 * cJSON accepts what RFC 8259 forbids and changes large numbers (RELIABILITY, finding 4), so
 * nothing calls cJSON_Parse but json_parse, which runs the strict scanner first. */
#ifndef MODEL_JSON_H
#define MODEL_JSON_H

#include "base/error.h"
#include "base/str.h"

#include <cjson/cJSON.h>
#include <stdint.h>

/* From here on cJSON's memory is base/mem's: when it runs out the program ends as it does anywhere,
 * instead of leaving a member out of a body. Process-wide by nature, called by api_global_init().
 */
void json_global_init(void);
/* One strict JSON value; strings with U+0000 are refused. cJSON_Delete the result. */
enum status json_parse(struct span text, cJSON **out, struct error *err);
/* Case-sensitive member, or NULL; the last of equal keys. object may be NULL. */
const cJSON *json_get(const cJSON *object, const char *key);
/* The string at key, or NULL when absent or not a string; (borrowed). */
const char *json_get_string(const cJSON *object, const char *key);
/* Appends "text" quoted and escaped; bytes that are not UTF-8 become U+FFFD. */
void json_quote(struct str *out, struct span text);
/* Appends raw JSON as received, with every character inside its strings that text_safe would not
 * pass replaced by its \u escape, and without line ends and tabs between tokens: the same JSON
 * value, on one line, safe on a terminal. */
void json_safe(struct str *out, struct span raw);
/* Appends raw JSON indented by two spaces a level, one member a line; digits untouched. */
void json_pretty(struct str *out, struct span raw);

#endif
