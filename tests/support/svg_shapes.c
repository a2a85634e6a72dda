/* svg_shapes.c: box-drawing characters (U+2500..257F) and block elements (U+2580..259F) as shapes.
 *
 * Fonts leave gaps between such characters at most line heights, and the viewer's font is not ours
 * to choose. The table names the weight of each of the four arms; dashes are drawn as lines and
 * arcs as quarter circles. */
#include "svg_shapes.h"

#include <string.h>

#define W SVG_CELL_W
#define H SVG_CELL_H

/* Arms up, down, left, right: 0 none, 1 light, 2 heavy, 3 double; from the characters' names in the
 * Unicode standard. */
static const char box_arms[128][5] = {
    "0011", "0022", "1100", "2200", "0011", "0022", "1100", "2200", "0011", "0022", "1100", "2200",
    "0101", "0102", "0201", "0202", "0110", "0120", "0210", "0220", "1001", "1002", "2001", "2002",
    "1010", "1020", "2010", "2020", "1101", "1102", "2101", "1201", "2201", "2102", "1202", "2202",
    "1110", "1120", "2110", "1210", "2210", "2120", "1220", "2220", "0111", "0121", "0112", "0122",
    "0211", "0221", "0212", "0222", "1011", "1021", "1012", "1022", "2011", "2021", "2012", "2022",
    "1111", "1121", "1112", "1122", "2111", "1211", "2211", "2121", "2112", "1221", "1212", "2122",
    "1222", "2221", "2212", "2222", "0011", "0022", "1100", "2200", "0033", "3300", "0103", "0301",
    "0303", "0130", "0310", "0330", "1003", "3001", "3003", "1030", "3010", "3030", "1103", "3301",
    "3303", "1130", "3310", "3330", "0133", "0311", "0333", "1033", "3011", "3033", "1133", "3311",
    "3333", "0101", "0110", "1010", "1001", "0000", "0000", "0000", "0010", "1000", "0001", "0100",
    "0020", "2000", "0002", "0200", "0012", "1200", "0021", "2100",
};

static void rect(struct str *out, double x, double y, double w, double h, const char *fill)
{
    str_printf(out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"%s\"/>\n", x, y, w,
               h, fill);
}

static double weight(char arm)
{
    return arm == '2' ? 2.5 : 1.2;
}

/* One arm from the middle (and a little over it, so that corners close) to the cell's edge. */
static void arm_draw(struct str *out, double x, double y, int which, char arm, const char *fill)
{
    double cx = x + W / 2.0, cy = y + H / 2.0, t = weight(arm), over = t / 2;
    double shifts[2] = {0, 0};
    int lines = 1;
    if (arm == '3') {
        lines = 2;
        shifts[0] = -1.5;
        shifts[1] = 1.5;
        over = 2.1;
    }
    for (int i = 0; i < lines; i++) {
        double s = shifts[i] - t / 2;
        if (which == 0)
            rect(out, cx + s, y, t, H / 2.0 + over, fill);
        else if (which == 1)
            rect(out, cx + s, cy - over, t, H / 2.0 + over, fill);
        else if (which == 2)
            rect(out, x, cy + s, W / 2.0 + over, t, fill);
        else
            rect(out, cx - over, cy + s, W / 2.0 + over, t, fill);
    }
}

static void arc_draw(struct str *out, uint32_t c, double x, double y, const char *fill)
{
    bool down = c == 0x256d || c == 0x256e, right = c == 0x256d || c == 0x2570;
    double cx = x + W / 2.0, cy = y + H / 2.0;
    str_printf(
        out, "<path d=\"M%g %gQ%g %g %g %g\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.2\"/>\n",
        cx, down ? y + H : y, cx, cy, right ? x + W : x, cy, fill);
}

static void diagonal_draw(struct str *out, uint32_t c, double x, double y, const char *fill)
{
    const char *line = "<path d=\"M%g %gL%g %g\" stroke=\"%s\" stroke-width=\"1.2\"/>\n";
    if (c != 0x2572)
        str_printf(out, line, x + W, y, x, y + H, fill);
    if (c != 0x2571)
        str_printf(out, line, x, y, x + W, y + H, fill);
}

static void box_draw(struct str *out, uint32_t c, double x, double y, int cells, const char *fill)
{
    const char *arms = box_arms[c - 0x2500];
    if (c >= 0x256d && c <= 0x2570) {
        arc_draw(out, c, x, y, fill);
    } else if (c >= 0x2571 && c <= 0x2573) {
        diagonal_draw(out, c, x, y, fill);
    } else if (strcmp(arms, "0011") == 0 || strcmp(arms, "0022") == 0) {
        double t = weight(arms[2]);
        rect(out, x, y + H / 2.0 - t / 2, W * cells, t, fill);
    } else if (strcmp(arms, "1100") == 0 || strcmp(arms, "2200") == 0) {
        double t = weight(arms[0]);
        rect(out, x + W / 2.0 - t / 2, y, t, H, fill);
    } else {
        for (int i = 0; i < 4; i++)
            if (arms[i] != '0')
                arm_draw(out, x, y, i, arms[i], fill);
    }
}

/* Quarters of U+2596..259F: 1 upper left, 2 upper right, 4 lower left, 8 lower right. */
static const unsigned char quarters[] = {4, 8, 1, 13, 9, 7, 11, 2, 6, 14};

static void block_draw(struct str *out, uint32_t c, double x, double y, int cells, const char *fill)
{
    double w = W * cells, eighth_h = H / 8.0, eighth_w = W / 8.0;
    if (c == 0x2580) {
        rect(out, x, y, w, H / 2.0, fill);
    } else if (c <= 0x2588) {
        double h = eighth_h * (c - 0x2580);
        rect(out, x, y + H - h, w, h, fill);
    } else if (c <= 0x258f) {
        for (int i = 0; i < cells; i++)
            rect(out, x + W * i, y, eighth_w * (0x2590 - c), H, fill);
    } else if (c == 0x2590 || c == 0x2595) {
        double part = c == 0x2590 ? W / 2.0 : eighth_w;
        for (int i = 0; i < cells; i++)
            rect(out, x + W * (i + 1) - part, y, part, H, fill);
    } else if (c <= 0x2593) {
        str_printf(out, "<g opacity=\"%g\">", 0.25 * (c - 0x2590));
        rect(out, x, y, w, H, fill);
        str_add(out, "</g>\n");
    } else if (c == 0x2594) {
        rect(out, x, y, w, eighth_h, fill);
    } else {
        unsigned q = quarters[c - 0x2596];
        for (int i = 0; i < 4 * cells; i++)
            if (q & (1u << i % 4))
                rect(out, x + W * (i / 4) + (i % 2 ? W / 2.0 : 0), y + (i % 4 > 1 ? H / 2.0 : 0),
                     W / 2.0, H / 2.0, fill);
    }
}

bool svg_shape_is(uint32_t c)
{
    return c >= 0x2500 && c <= 0x259f;
}

bool svg_shape_joins(uint32_t c)
{
    return svg_shape_is(c) && (c >= 0x2580 || memcmp(box_arms[c - 0x2500], "0011", 4) == 0 ||
                               memcmp(box_arms[c - 0x2500], "0022", 4) == 0);
}

void svg_shape_draw(struct str *out, uint32_t c, double x, double y, int cells, const char *fill)
{
    if (c < 0x2580)
        box_draw(out, c, x, y, cells, fill);
    else
        block_draw(out, c, x, y, cells, fill);
}
