/* app_store.h: what happened to the files that must last, said once each: a bad one that was
 * renamed aside (F22), one that cannot be used (F21). A table of them, so that none is forgotten.
 */
#ifndef TUI_APP_STORE_H
#define TUI_APP_STORE_H

struct app;

/* Says what is new of the session's files; called when the state of the sync changes, and once a
 * second. */
void app_store_news(struct app *app);

#endif
