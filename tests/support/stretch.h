/* stretch.h: deadlines under the sanitizers, which make everything several times slower. */
#ifndef SUPPORT_STRETCH_H
#define SUPPORT_STRETCH_H

#if defined(__SANITIZE_ADDRESS__)
#define STRETCH 3
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STRETCH 3
#endif
#endif
#ifndef STRETCH
#define STRETCH 1
#endif

/* What a deadline comes to; 0 or less means `standard`. Milliseconds. */
static inline int stretch_ms(int ms, int standard)
{
    return (ms > 0 ? ms : standard) * STRETCH;
}

#endif
