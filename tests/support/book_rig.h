/* book_rig.h: both ends of the write path in one thread: the real machine, journal and client, and
 * a book's server (book_server.h), on one loop whose clock the test moves. The sockets are real.
 * Nothing waits for time: the clock is moved on whenever nothing is on its way. */
#ifndef SUPPORT_BOOK_RIG_H
#define SUPPORT_BOOK_RIG_H

#include "book_server.h"
#include "tmpdir.h"
#include "write_rig.h"

struct book_rig {
    struct tmpdir *dir;
    struct clock_manual manual;
    struct book book;
    struct loop *loop;
    struct book_server *server;
    struct str path; /* of the journal */
    struct write_rig w;
    bool open; /* w is */
};

/* A book of `accounts` and its server; the writer's side is opened by book_rig_writer. False with a
 * line on stderr. */
bool book_rig_begin(struct book_rig *r, size_t accounts);
void book_rig_end(struct book_rig *r);
/* Opens the machine on the rig's loop, with its journal; the fleet knows the book's accounts. A
 * journal that cannot be opened is none: *no_journal (may be NULL) says why. */
void book_rig_writer(struct book_rig *r, struct error *no_journal);
void book_rig_writer_end(struct book_rig *r);

/* One turn. */
void book_rig_turn(struct book_rig *r);
/* Agrees to the preview of each and goes on until all are done or rest unknown. */
void book_rig_run(struct book_rig *r, struct write *const *writes, size_t count);
/* A change of account `i`'s requests_per_second. */
struct write *book_rig_rps(struct book_rig *r, size_t i, int64_t rps);
struct write *book_rig_delete(struct book_rig *r, size_t i);

#endif
