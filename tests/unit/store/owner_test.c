/* owner_test.c: who lives is told by a lock that the kernel gives back, and by nothing in a name:
 * a killed owner is gone, a held one is not taken over, and a name out of a file leads nowhere. */
#include "store/owner.h"

#include "tests/support/files.h"
#include "tests/support/tmpdir.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct rig {
    struct tmpdir *dir;
    struct owner *self;
    struct str path;
};

static int set_up(void **state)
{
    static struct rig r;
    struct error err;
    memset(&r, 0, sizeof r);
    r.dir = tmpdir_create();
    *state = &r;
    return owner_create(&r.self, r.dir->path, &err) == ST_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct rig *r = *state;
    owner_destroy(r->self);
    tmpdir_destroy(r->dir);
    str_finish(&r->path);
    return 0;
}

/* The path of the lock of this name. */
static const char *lock_of(struct rig *r, const char *name)
{
    char file[120];
    snprintf(file, sizeof file, "owner-%s.lock", name);
    return tmpdir_path(r->dir, file, &r->path);
}

/* An owner that was killed: its file is there, its lock is not. */
static void killed(struct rig *r, char name[64])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct owner *o;
        struct error err;
        if (owner_create(&o, r->dir->path, &err) == ST_OK &&
            write(ends[1], owner_name(o), strlen(owner_name(o)) + 1) > 0)
            raise(SIGKILL);
        _exit(1);
    }
    close(ends[1]);
    assert_true(read(ends[0], name, 64) > 0);
    close(ends[0]);
    waitpid(pid, NULL, 0);
}

static void test_itself(void **state)
{
    struct rig *r = *state;
    struct stat st;
    char begins[24], name[64];
    snprintf(begins, sizeof begins, "%ld-", (long)getpid());
    snprintf(name, sizeof name, "%s", owner_name(r->self));
    assert_memory_equal(name, begins, strlen(begins));
    assert_int_equal(owner_look(r->self, name), OWNER_SELF);
    assert_int_equal(stat(lock_of(r, name), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    owner_destroy(r->self);
    r->self = NULL;
    assert_false(file_exists(lock_of(r, name)));
}

static void test_another_that_lives_and_goes(void **state)
{
    struct rig *r = *state;
    struct owner *other;
    struct error err;
    char name[64];
    int fd;
    assert_int_equal(owner_create(&other, r->dir->path, &err), ST_OK);
    snprintf(name, sizeof name, "%s", owner_name(other));
    assert_string_not_equal(name, owner_name(r->self)); /* of the same process, and not the same */
    assert_int_equal(owner_look(r->self, name), OWNER_ALIVE);
    assert_false(owner_seize(r->self, name, &fd));
    assert_int_equal(fd, -1);
    owner_release(fd); /* nothing */
    owner_destroy(other);
    assert_int_equal(owner_look(r->self, name), OWNER_GONE);
    assert_true(owner_seize(r->self, name, &fd)); /* no file: there is nothing to hold */
    assert_int_equal(fd, -1);
}

/* F29 */
static void test_a_killed_one_is_gone(void **state)
{
    struct rig *r = *state;
    char name[64];
    killed(r, name);
    assert_true(file_exists(lock_of(r, name)));
    assert_int_equal(owner_look(r->self, name), OWNER_GONE);
}

/* Of two that take over at once one does. */
static void test_what_is_taken_over_is_held(void **state)
{
    struct rig *r = *state;
    char name[64];
    int fd, second;
    killed(r, name);
    assert_true(owner_seize(r->self, name, &fd));
    assert_true(fd >= 0);
    assert_false(owner_seize(r->self, name, &second));
    assert_int_equal(owner_look(r->self, name), OWNER_ALIVE);
    owner_sweep(r->self); /* nor is it swept away meanwhile */
    assert_true(file_exists(lock_of(r, name)));
    owner_release(fd);
    assert_int_equal(owner_look(r->self, name), OWNER_GONE);
}

static void test_sweep_takes_the_dead_alone(void **state)
{
    struct rig *r = *state;
    static const char *const stay[] = {"owner-.lock",     "owner-xyz.lock", "journal.db",
                                       "owner-12-ab.loc", "owner-",         "Owner-12-ab.lock"};
    struct owner *other;
    struct error err;
    char name[64];
    killed(r, name);
    assert_int_equal(owner_create(&other, r->dir->path, &err), ST_OK);
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        assert_true(tmpdir_write(r->dir, stay[i], "", 0600));
    owner_sweep(r->self);
    assert_false(file_exists(lock_of(r, name)));
    assert_true(file_exists(lock_of(r, owner_name(other))));
    assert_true(file_exists(lock_of(r, owner_name(r->self))));
    for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
        assert_true(file_exists(tmpdir_path(r->dir, stay[i], &r->path)));
    owner_destroy(other);
}

/* Names stand in a file that others may have written. */
static void test_a_name_leads_nowhere_else(void **state)
{
    struct rig *r = *state;
    static const char *const names[] = {
        "",    "../secret", "/etc/passwd",
        "1-g", "1 2",       "0123456789012345678901234567890123456789012345678901234567890",
    };
    int fd;
    /* What these would name is there. */
    assert_true(tmpdir_write(r->dir, "owner-../secret.lock", "x", 0600));
    assert_true(tmpdir_write(r->dir, "owner-1-g.lock", "x", 0600));
    assert_true(file_write(lock_of(r, names[5]), "x", 1, 0600));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(owner_look(r->self, names[i]), OWNER_GONE);
        assert_true(owner_seize(r->self, names[i], &fd));
        assert_int_equal(fd, -1); /* no file was opened for it */
    }
}

/* A link in the place of a lock is not followed; whoever it is, nothing is taken from them. */
static void test_a_link_is_not_followed(void **state)
{
    struct rig *r = *state;
    struct str target = STR_INIT;
    int fd;
    assert_true(tmpdir_write(r->dir, "target", "x", 0600));
    tmpdir_path(r->dir, "target", &target);
    assert_int_equal(symlink(target.data, lock_of(r, "12-ab")), 0);
    assert_false(owner_seize(r->self, "12-ab", &fd));
    assert_int_equal(fd, -1);
    owner_sweep(r->self);
    assert_true(file_exists(target.data));
    str_finish(&target);
}

static void test_no_directory_no_owner(void **state)
{
    struct rig *r = *state;
    struct owner *o = r->self;
    struct error err;
    assert_int_equal(owner_create(&o, tmpdir_path(r->dir, "nowhere", &r->path), &err), ST_IO);
    assert_null(o);
    assert_non_null(strstr(err.what, "nowhere: no lock file can be made: No such file"));
    owner_destroy(o);
}

static void test_whom_the_entries_name(void **state)
{
    char whole[80], cut[5];
    (void)state;
    owner_operator(whole, sizeof whole);
    assert_non_null(strchr(whole, '@'));
    owner_operator(cut, sizeof cut);
    assert_memory_equal(cut, whole, 4);
    assert_int_equal(cut[4], 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_itself),
        T(test_another_that_lives_and_goes),
        T(test_a_killed_one_is_gone),
        T(test_what_is_taken_over_is_held),
        T(test_sweep_takes_the_dead_alone),
        T(test_a_name_leads_nowhere_else),
        T(test_a_link_is_not_followed),
        T(test_no_directory_no_owner),
        T(test_whom_the_entries_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
