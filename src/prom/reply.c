/* reply.c: see reply.h. */
#include "prom/reply.h"

#include "base/mem.h"
#include "model/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_MAX 9e12 /* far beyond any clock, and exact in milliseconds */
#define COUNT_MAX   9.2e18

void prom_series_finish(struct prom_series *series)
{
    mem_free(series->points);
    memset(series, 0, sizeof *series);
}

void prom_quote(struct str *out, struct span text)
{
    str_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\\' || c == '"')
            str_add_char(out, '\\');
        if (c < 0x20 || c == 0x7F)
            str_printf(out, "\\x%02x", c);
        else
            str_add_char(out, (char)c);
    }
    str_add_char(out, '"');
}

static enum status unreadable(struct error *err, const char *why)
{
    return error_set(err, ST_UNREADABLE, "%s", why);
}

/* A decimal number as Go prints it and nothing after it; strtod alone would take blanks, "0x1" and
 * "infinity". */
static bool read_number(const char *text, double *out)
{
    char *end;
    if (!*text || strspn(text, "0123456789+-.eE") != strlen(text))
        return false;
    *out = strtod(text, &end);
    return !*end;
}

static bool no_value(const char *text)
{
    return strcmp(text, "NaN") == 0 || strcmp(text, "+Inf") == 0 || strcmp(text, "-Inf") == 0;
}

/* One [seconds, "text"]; *there is false for a time without a value. */
static enum status read_point(const cJSON *pair, struct prom_point *out, bool *there,
                              struct error *err)
{
    const cJSON *time = cJSON_GetArrayItem(pair, 0), *text = cJSON_GetArrayItem(pair, 1);
    double value;
    if (!cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2 || !cJSON_IsNumber(time) ||
        !cJSON_IsString(text))
        return unreadable(err, "a value is not a pair of a time and a text");
    if (!(time->valuedouble >= 0 && time->valuedouble <= SECONDS_MAX))
        return unreadable(err, "a time is out of range");
    out->t_ms = (int64_t)llround(time->valuedouble * 1000);
    *there = !no_value(text->valuestring);
    if (!*there)
        return ST_OK;
    if (!read_number(text->valuestring, &value))
        return unreadable(err, "a value is not a number");
    if (!(value >= 0 && value <= COUNT_MAX))
        return unreadable(err, "a value is no count");
    out->value = (int64_t)llround(value);
    return ST_OK;
}

static enum status read_series(const cJSON *item, struct prom_series *out, struct error *err)
{
    const cJSON *values = json_get(item, "values"), *pair;
    int64_t before = -1;
    if (!cJSON_IsObject(json_get(item, "metric")) || !cJSON_IsArray(values))
        return unreadable(err, "a series has no labels or no values");
    int count = cJSON_GetArraySize(values);
    if (count > PROM_POINTS_MAX)
        return unreadable(err, "a series has too many values");
    out->points = mem_alloc(((size_t)count + 1) * sizeof *out->points);
    cJSON_ArrayForEach(pair, values)
    {
        struct prom_point p = {0};
        bool there;
        enum status st = read_point(pair, &p, &there, err);
        if (st == ST_OK && p.t_ms <= before)
            st = unreadable(err, "the times of a series do not rise");
        if (st != ST_OK)
            return st;
        before = p.t_ms;
        if (there)
            out->points[out->count++] = p;
    }
    return ST_OK;
}

static bool newer(const struct prom_series *a, const struct prom_series *b)
{
    if (!a->count || !b->count)
        return a->count > 0;
    int64_t x = a->points[a->count - 1].t_ms, y = b->points[b->count - 1].t_ms;
    return x > y || (x == y && a->count > b->count);
}

static enum status read_result(const cJSON *result, struct prom_series *out, struct error *err)
{
    const cJSON *item;
    size_t offered = 0;
    cJSON_ArrayForEach(item, result)
    {
        struct prom_series one = {0};
        enum status st = read_series(item, &one, err);
        if (st != ST_OK) {
            prom_series_finish(&one);
            return st;
        }
        offered += one.count > 0;
        if (newer(&one, out)) {
            struct prom_series old = *out;
            *out = one;
            one = old;
        }
        prom_series_finish(&one);
    }
    out->offered = offered;
    return ST_OK;
}

static enum status refused(const cJSON *root, struct error *err)
{
    const char *type = json_get_string(root, "errorType"), *why = json_get_string(root, "error");
    return error_set(err, ST_REJECTED, "%.60s: %.250s", type ? type : "error",
                     why ? why : "no reason is given");
}

/* The array of series. */
static enum status find_result(const cJSON *root, const cJSON **out, struct error *err)
{
    const char *status = json_get_string(root, "status");
    if (status && strcmp(status, "error") == 0)
        return refused(root, err);
    if (!status || strcmp(status, "success") != 0)
        return unreadable(err, "it is JSON, but no reply of Prometheus");
    const cJSON *data = json_get(root, "data"), *result = json_get(data, "result");
    const char *type = json_get_string(data, "resultType");
    if (!type || strcmp(type, "matrix") != 0 || !cJSON_IsArray(result))
        return unreadable(err, "it has no matrix of values");
    *out = result;
    return ST_OK;
}

static enum status parse(struct span body, cJSON **root, const cJSON **result, struct error *err)
{
    *root = NULL;
    if (body.len > PROM_BODY_MAX)
        return unreadable(err, "it is too large");
    if (json_parse(body, root, err) != ST_OK) {
        error_prefix(err, "it is no JSON");
        err->status = ST_UNREADABLE;
        return ST_UNREADABLE;
    }
    return find_result(*root, result, err);
}

enum status prom_reply_read(struct span body, struct prom_series *out, struct error *err)
{
    cJSON *root;
    const cJSON *result;
    memset(out, 0, sizeof *out);
    enum status st = parse(body, &root, &result, err);
    if (st == ST_OK)
        st = read_result(result, out, err);
    cJSON_Delete(root);
    if (st != ST_OK)
        prom_series_finish(out);
    return st;
}

/* ---- several ------------------------------------------------------------------------------- */

static enum status read_named(const cJSON *item, const char *label, struct prom_matrix *out,
                              struct error *err)
{
    struct prom_named *named = &out->list[out->count];
    const char *name = json_get_string(json_get(item, "metric"), label);
    for (size_t i = 0; i < out->count; i++) {
        if (strcmp(out->list[i].name, name ? name : "") == 0)
            return unreadable(err, "two series have the same label");
    }
    *named = (struct prom_named){.name = mem_strdup(name ? name : "")};
    out->count++;
    return read_series(item, &named->series, err);
}

enum status prom_matrix_read(struct span body, const char *label, struct prom_matrix *out,
                             struct error *err)
{
    cJSON *root;
    const cJSON *result, *item;
    *out = (struct prom_matrix){.list = NULL};
    enum status st = parse(body, &root, &result, err);
    if (st == ST_OK) {
        out->list = mem_calloc((size_t)cJSON_GetArraySize(result) + 1, sizeof *out->list);
        cJSON_ArrayForEach(item, result)
        {
            if (st == ST_OK)
                st = read_named(item, label, out, err);
        }
    }
    cJSON_Delete(root);
    if (st != ST_OK)
        prom_matrix_finish(out);
    return st;
}

void prom_matrix_finish(struct prom_matrix *matrix)
{
    for (size_t i = 0; i < matrix->count; i++) {
        mem_free(matrix->list[i].name);
        prom_series_finish(&matrix->list[i].series);
    }
    mem_free(matrix->list);
    *matrix = (struct prom_matrix){.list = NULL};
}
