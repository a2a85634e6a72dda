/* account_menus.h: the menus of the accounts screen: sort by, pick by value, yank. */
#ifndef TUI_SCREENS_ACCOUNT_MENUS_H
#define TUI_SCREENS_ACCOUNT_MENUS_H

#include "tui/app.h"
#include "tui/screens/account_list.h"

/* `o`: the columns; choosing the one that sorts turns the order round. */
void menu_sort(struct app *app, struct account_list *list);
/* `f`: values of provider, status, region, tags ... with their counts; Space marks several, Enter
 * writes the filter's terms into the accounts screen `accounts` (its self). account_facets.c. */
void menu_facet(struct app *app, void *accounts);
/* `y`: id, name, JSON, curl, paddock command, Markdown of a row. The JSON is masked unless
 * `reveal`. */
void menu_yank(struct app *app, row_id row, bool reveal);

#endif
