/* fields.c: the table of fields.h. Lengths and upper bounds are the sandbox's own: the reference
 * shows none, and a client has to live with whatever a 422 says. */
#include "sandbox/fields.h"

const char *const box_providers[] = {"openai",  "anthropic",   "azure_openai", "google", "cohere",
                                     "mistral", "aws_bedrock", "deepseek",     "groq",   NULL};
static const char *const queue_words[] = {"wait", "reject", NULL};
static const char *const routing_words[] = {"direct", ROUTING_BY_BRIDGE, NULL};

#define BOTH (FIELD_CREATE | FIELD_UPDATE)
#define OPT  (BOTH | FIELD_NULL)
#define MUST (BOTH | FIELD_REQUIRED)
#define TOP  (-1)

/* clang-format off */
const struct field box_fields[BOX_COUNT] = {
    [BOX_ID]            = {"provider_account_id", KIND_STRING, 0, 0, 0, NULL, NULL, TOP},
    [BOX_ORG]           = {"org_id", KIND_STRING, 0, 0, 0, NULL, NULL, TOP},
    [BOX_NAME]          = {"name", KIND_STRING, MUST, 1, 512, NULL, NULL, TOP},
    [BOX_DESCRIPTION]   = {"description", KIND_STRING, OPT, 0, 2000, NULL, NULL, TOP},
    [BOX_PROVIDER]      = {"provider_type", KIND_ENUM, FIELD_CREATE | FIELD_REQUIRED, 0, 0, box_providers, NULL, TOP},
    [BOX_REGION]        = {"region", KIND_STRING, OPT, 0, 64, NULL, NULL, TOP},
    [BOX_RESIDENCY]     = {"data_residency", KIND_STRING, OPT, 0, 32, NULL, NULL, TOP},
    [BOX_CREDENTIALS]   = {"credentials_ref", KIND_STRING, MUST, 1, 512, NULL, NULL, TOP},
    [BOX_QUOTA]         = {"quota_policy", KIND_GROUP, OPT, 0, 0, NULL, "1", TOP},
    [BOX_MAX_TOKENS]    = {"max_tokens_per_month", KIND_INT, OPT, 0, INT64_MAX, NULL, NULL, BOX_QUOTA},
    [BOX_MAX_REQUESTS]  = {"max_requests_per_month", KIND_INT, OPT, 0, INT64_MAX, NULL, NULL, BOX_QUOTA},
    [BOX_USED_TOKENS]   = {"current_month_tokens", KIND_INT, 0, 0, 0, NULL, "0", BOX_QUOTA},
    [BOX_USED_REQUESTS] = {"current_month_requests", KIND_INT, 0, 0, 0, NULL, "0", BOX_QUOTA},
    [BOX_PERIOD]        = {"usage_period", KIND_STRING, 0, 0, 0, NULL, NULL, BOX_QUOTA},
    [BOX_RATE]          = {"rate_limit_policy", KIND_GROUP, OPT, 0, 0, NULL, "1", TOP},
    [BOX_PER_SECOND]    = {"requests_per_second", KIND_INT, OPT, 1, INT64_MAX, NULL, NULL, BOX_RATE},
    [BOX_PER_MINUTE]    = {"requests_per_minute", KIND_INT, OPT, 1, INT64_MAX, NULL, NULL, BOX_RATE},
    [BOX_INPUT_TOKENS]  = {"input_tokens_per_minute", KIND_INT, OPT, 1, INT64_MAX, NULL, NULL, BOX_RATE},
    [BOX_OUTPUT_TOKENS] = {"output_tokens_per_minute", KIND_INT, OPT, 1, INT64_MAX, NULL, NULL, BOX_RATE},
    [BOX_CONCURRENCY]   = {"max_concurrency", KIND_INT, BOTH, 1, 10000, NULL, "10", BOX_RATE},
    [BOX_BURST]         = {"burst_size", KIND_INT, BOTH, 1, 100000, NULL, "10", BOX_RATE},
    [BOX_QUEUE]         = {"queue_policy", KIND_LITERAL, BOTH, 0, 0, queue_words, "\"wait\"", BOX_RATE},
    [BOX_QUEUE_TIMEOUT] = {"queue_timeout_seconds", KIND_INT, BOTH, 1, 86400, NULL, "300", BOX_RATE},
    [BOX_STATUS]        = {"status", KIND_STRING, 0, 0, 0, NULL, NULL, TOP},
    [BOX_REASON]        = {"status_reason", KIND_STRING, 0, 0, 0, NULL, NULL, TOP},
    [BOX_ENABLED]       = {"enabled", KIND_BOOL, BOTH, 0, 0, NULL, "1", TOP},
    [BOX_ROUTING]       = {"routing_mode", KIND_LITERAL, BOTH, 0, 0, routing_words, "\"direct\"", TOP},
    [BOX_BRIDGE]        = {"bridge_id", KIND_STRING, OPT, 0, 128, NULL, NULL, TOP},
    [BOX_ENDPOINT]      = {"bridge_endpoint_name", KIND_STRING, OPT, 0, 128, NULL, NULL, TOP},
    [BOX_CHECKED]       = {"last_health_check", KIND_TIME, 0, 0, 0, NULL, NULL, TOP},
    [BOX_TAGS]          = {"tags", KIND_TAGS, OPT, 0, TAGS_MAX, NULL, "{}", TOP},
    [BOX_CREATED_BY]    = {"created_by", KIND_STRING, 0, 0, 0, NULL, NULL, TOP},
    [BOX_CREATED_AT]    = {"created_at", KIND_TIME, 0, 0, 0, NULL, NULL, TOP},
    [BOX_UPDATED_AT]    = {"updated_at", KIND_TIME, 0, 0, 0, NULL, NULL, TOP},
};
/* clang-format on */
