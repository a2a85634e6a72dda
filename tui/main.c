/* main.c: the command line and the wiring; nothing else. */
#include <stdio.h>

int main(void)
{
    puts("paddock " PADDOCK_VERSION);
    return 0;
}
