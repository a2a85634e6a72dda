/* golden.h: comparing a screen with the one that was judged right.
 *
 * Golden files are tests/screen/golden/NAME.txt. What varies from run to run (a port, an age) is
 * masked on both sides before they are compared. GOLDEN_UPDATE=1 in the environment writes the
 * (masked) text instead, for a human to judge in the diff. */
#ifndef SUPPORT_GOLDEN_H
#define SUPPORT_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

struct golden_mask {
    const char *regex;   /* POSIX extended; every match in a line is replaced */
    const char *replace; /* the text instead, as it is; make the regex take the blanks after a value
                            of varying width along when columns follow */
};

/* Masks that nearly every screen needs: 127.0.0.1:PORT, times of day, ages such as "9s" or
 * "40 s ago". Static, ends with a row of NULL. */
extern const struct golden_mask golden_masks_usual[];

/* Compares text (lines ended by newline) with golden file `name` in `dir`. masks end with a row of
 * NULL and may be NULL. True when equal; else false, with a line by line difference on stderr.
 * A missing file is a failure that says how to make it. */
bool golden_check_in(const char *dir, const char *name, const char *text,
                     const struct golden_mask *masks);
/* The same in tests/screen/golden. */
bool golden_check(const char *name, const char *text, const struct golden_mask *masks);

#endif
