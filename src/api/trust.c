/* trust.c: see trust.h. The names libcurl compares itself, and says so in its words alone. */
#include "api/trust.h"

#include "base/vec.h"

#include <stddef.h>
#include <string.h>

/* X509_V_ERR_... */
enum verdict { VERDICT_NOT_YET = 9, VERDICT_EXPIRED = 10, VERDICT_ANY = -1 };

/* The first row that fits; the last one always does. */
static const struct {
    long verdict;
    const char *says; /* is in libcurl's words, or "" */
    const char *next;
} cures[] = {
    {VERDICT_EXPIRED, "",
     "the certificate is no longer valid: the server needs a new one, or this machine's clock is "
     "wrong"},
    {VERDICT_NOT_YET, "", "the certificate is not valid yet: is this machine's clock right?"},
    {VERDICT_ANY, "target host name",
     "the certificate is another host's: url has to name the host as the certificate does"},
    {VERDICT_ANY, "",
     "the certificate is not trusted: set ca_file to the CA that signed it; there is no switch to "
     "skip this"},
};

const char *trust_cure(long verdict, const char *words)
{
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(cures) &&
           ((cures[i].verdict != VERDICT_ANY && cures[i].verdict != verdict) ||
            !strstr(words, cures[i].says)))
        i++;
    return cures[i].next;
}
