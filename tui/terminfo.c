/* terminfo.c: what needs <term.h>, whose macros and `struct term` fit beside nothing else. */
#include "tui/terminfo.h"

#include <string.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

bool terminfo_described(const char *name)
{
    int found = 0;
    TERMINAL *kept = cur_term;
    bool able = setupterm(name, STDERR_FILENO, &found) == OK && found == 1;
    able = able && tigetflag("gn") <= 0 && tigetflag("hc") <= 0;
    able = able && cursor_address && clear_screen;
    if (cur_term != kept) /* some that are refused (a printer) are left there all the same */
        del_curterm(cur_term);
    set_curterm(kept);
    return able;
}

const char *terminfo_string(const char *capability)
{
    const char *s = tigetstr(capability);
    return s == (char *)-1 ? NULL : s;
}

bool terminfo_flag(const char *capability)
{
    return tigetflag(capability) > 0;
}

int terminfo_number(const char *capability)
{
    return tigetnum(capability);
}

void terminfo_fill(const char *string, int first, int second, struct str *out)
{
    const char *s = string ? tiparm(string, first, second) : NULL;
    while (s && *s) {
        const char *delay = strstr(s, "$<"), *end = delay ? strchr(delay, '>') : NULL;
        str_append(out, s, end ? (size_t)(delay - s) : strlen(s));
        s = end ? end + 1 : NULL;
    }
}
