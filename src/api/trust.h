/* trust.h: what to do about a server's certificate that was not accepted; for all who meet one. */
#ifndef API_TRUST_H
#define API_TRUST_H

/* The next step. verdict: of CURLINFO_SSL_VERIFYRESULT (OpenSSL's X509_V_ERR_...); words: libcurl's
 * own. Static, never NULL. */
const char *trust_cure(long verdict, const char *words);

#endif
