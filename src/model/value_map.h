/* value_map.h: the row of functions of the MAP type, for the type table in value.c alone.
 *
 * Apart from value.c because reading and writing pairs is a small language of its own. The rest of
 * the program sees maps through model/value.h only. */
#ifndef MODEL_VALUE_MAP_H
#define MODEL_VALUE_MAP_H

#include "model/value.h"

/* Appends the pairs as an operator reads and types them: team=search, env=prod. */
void value_map_show(const struct field_info *f, const struct value *v, enum show how,
                    struct str *out);
void value_map_edit(const struct value *v, struct str *out);
/* Reads key=value, key=value; out's text lives in mem. ST_USAGE for what is no UTF-8, no pair, a
 * key that stands twice, or more than 256 pairs. */
enum status value_map_parse(const struct field_info *f, struct span typed, struct arena *mem,
                            struct value *out, struct error *err);
/* Appends the pairs as a JSON object, in key order. */
void value_map_json(const struct value *v, struct str *out);

#endif
