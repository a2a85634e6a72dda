/* main.c: the sandbox's command line. */
#include <stdio.h>

int main(void)
{
    puts("paddock-sandbox " PADDOCK_VERSION);
    return 0;
}
