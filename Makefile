# paddock: `make` builds, `make demo` shows, `make test` proves. `make help` lists the rest.
#
# One library (src/, no curses), two programs on it. Every variant builds into a folder of its own:
#   make                 build/           what is installed
#   make SAN=1           build/asan/      AddressSanitizer and UBSan: what `make test` runs
#   make CC=clang BUILD=build/clang       another compiler beside them
# Sources are found by wildcard, so that a new file needs no line here.

CC      ?= cc
ifeq ($(origin CC),default)
CC      := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
SAN     ?=
BUILD   ?= build$(if $(SAN),/asan)
VERSION := 0.1.0

PKG_LIB  := libmicrohttpd libcurl libcjson libconfig sqlite3 libutf8proc libzstd
PKG_TUI  := ncursesw
PKG_BOX  := libmicrohttpd sqlite3 libcjson
PKG_TEST := cmocka vterm

WARN  := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wconversion -Werror
HARD  := -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2 -Wformat -Wformat-security
LDHARD:= -pie -Wl,-z,relro,-z,now
OPT   ?= -O2 -g
# A report needs lines, not variables: -g1 takes a third off what is compiled and linked. -Og is half
# of -O1's time to compile, and what the tests themselves compute is little (see below).
ifneq ($(SAN),)
OPT   := -O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
HARD  := -fPIE -Wformat -Wformat-security
endif
# FUZZ=1, with clang: what `make fuzz` runs.
FUZZ  ?=
ifneq ($(FUZZ),)
OPT   := -O1 -g1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
HARD  := -fPIE -Wformat -Wformat-security
endif

# COV=1: what `make coverage` runs.
COV   ?=
ifneq ($(COV),)
OPT   := -O0 -g --coverage -fprofile-update=atomic
HARD  := -fPIE -Wformat -Wformat-security
endif

GEN      := $(BUILD)/gen
CPPFLAGS += -D_GNU_SOURCE -DPADDOCK_VERSION='"$(VERSION)"' -DPADDOCK_PREFIX='"$(PREFIX)"' -Isrc -I.
PKG_CFLAGS := $(shell pkg-config --cflags $(PKG_LIB) $(PKG_TUI) $(PKG_BOX) 2>/dev/null)
CFLAGS   += -std=c11 $(OPT) $(WARN) $(HARD) $(PKG_CFLAGS)
LDFLAGS  += $(OPT) $(LDHARD)
# Some hundred test programs under the sanitizers: mold links them in a tenth of ld's time. Used where
# it is there and the compiler knows it.
ifneq ($(SAN)$(FUZZ),)
MOLD     := $(shell $(CC) -fuse-ld=mold -Wl,--version >/dev/null 2>&1 && echo -fuse-ld=mold)
LDFLAGS  += $(MOLD)
endif
LIBS_LIB := $(shell pkg-config --libs $(PKG_LIB) 2>/dev/null) -lz -lm
LIBS_TUI := $(shell pkg-config --libs $(PKG_TUI) 2>/dev/null)
LIBS_BOX := $(shell pkg-config --libs $(PKG_BOX) 2>/dev/null) -lm
LIBS_TEST:= $(shell pkg-config --libs $(PKG_TEST) 2>/dev/null) -lutil

BOX_SRC  := $(wildcard src/sandbox/*.c)
LIB_SRC  := $(filter-out $(BOX_SRC),$(wildcard src/*/*.c)) $(GEN)/embedded.c
TUI_SRC  := $(filter-out tui/main.c,$(wildcard tui/*.c tui/widgets/*.c tui/screens/*.c))
SUP_SRC  := $(wildcard tests/support/*.c)
UNIT_SRC := $(wildcard tests/unit/*/*_test.c)
TUIT_SRC := $(wildcard tests/unit/tui/*_test.c)
BOXT_SRC := $(wildcard tests/unit/sandbox/*_test.c)
LIBT_SRC := $(filter-out $(TUIT_SRC) $(BOXT_SRC),$(UNIT_SRC))
API_SRC  := $(wildcard tests/api/*_test.c)
SCRN_SRC := $(wildcard tests/screen/*_test.c)
BNCH_SRC := $(wildcard tests/bench/*.c)

obj = $(patsubst %.c,$(BUILD)/o/%.o,$(subst $(GEN)/,gen/,$(1)))
bin = $(patsubst %.c,$(BUILD)/%,$(1))

LIB_A := $(BUILD)/libpaddock.a
TUI_A := $(BUILD)/libtui.a
SUP_A := $(BUILD)/libsupport.a
BOX_A := $(BUILD)/libsandbox.a
PROGS := $(BUILD)/paddock $(BUILD)/paddock-sandbox
TESTS := $(call bin,$(UNIT_SRC) $(API_SRC) $(SCRN_SRC))
HELPERS := $(call bin,$(wildcard tests/support/bin/*.c))
FUZZERS := $(call bin,$(wildcard tests/fuzz/*.c))
BENCH   := $(BUILD)/tests/bench/bench
SOAK    := $(BUILD)/tests/soak/soak

.PHONY: all demo test unit-tests prometheus-test asan check docs format clean deps deps-test install uninstall help pictures tests-build fuzz fuzz-build valgrind analyze bench soak coverage cuts kills signals memory compile_commands
.DELETE_ON_ERROR:
# Several goals one after the other (each still with all of -j below it): two makes at once would
# write the same archives. Several files are one make's work, and need no such thing.
ifneq ($(word 2,$(filter-out $(BUILD)/%,$(MAKECMDGOALS))),)
.NOTPARALLEL:
endif

all: deps
	@$(MAKE) --no-print-directory $(PROGS)

# ---- what is needed, from the distribution's packages --------------------------------------
DEB_BUILD := gcc libc6-dev pkg-config libncurses-dev libcurl4-openssl-dev libcjson-dev \
             libconfig-dev libsqlite3-dev libutf8proc-dev libmicrohttpd-dev libzstd-dev zlib1g-dev \
             ncurses-term ca-certificates
DEB_TEST  := mold libcmocka-dev libvterm-dev curl openssl python3 python3-h2 zsh fish

deps:
	@sh .ci/deps $(DEB_BUILD)

deps-test:
	@sh .ci/deps $(DEB_BUILD) $(DEB_TEST)

# ---- generated: the files that are compiled in as defaults ---------------------------------
EMBED := $(sort $(wildcard config/keys.cfg config/views.cfg themes/*.cfg))
$(GEN)/embedded.c: $(EMBED) .ci/embed Makefile
	@mkdir -p $(@D)
	@sh .ci/embed $(EMBED) > $@.new && mv $@.new $@

# ---- objects, libraries, programs ----------------------------------------------------------
$(BUILD)/o/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/o/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC  $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

ifneq ($(SAN),)
$(BUILD)/o/tests/%.o: CFLAGS += -Og
endif

# An archive hangs on the list of its members, too: one that comes with an object older than the
# archive, or one that goes, leaves nothing newer behind. The list is written when it changes.
$(LIB_A) $(LIB_A).list: MEMBERS = $(call obj,$(LIB_SRC))
$(TUI_A) $(TUI_A).list: MEMBERS = $(call obj,$(TUI_SRC))
$(SUP_A) $(SUP_A).list: MEMBERS = $(call obj,$(SUP_SRC))
$(BOX_A) $(BOX_A).list: MEMBERS = $(filter-out $(BUILD)/o/src/sandbox/main.o,$(call obj,$(BOX_SRC)))
$(LIB_A): $(call obj,$(LIB_SRC))
$(TUI_A): $(call obj,$(TUI_SRC))
$(SUP_A): $(call obj,$(SUP_SRC))
$(BOX_A): $(call obj,$(BOX_SRC))
$(BUILD)/%.a: $(BUILD)/%.a.list
	@rm -f $@ && ar rcs $@ $(MEMBERS)
$(BUILD)/%.a.list: FORCE
	@mkdir -p $(@D)
	@echo '$(MEMBERS)' | cmp -s - $@ || echo '$(MEMBERS)' > $@
.PRECIOUS: $(BUILD)/%.a.list
.PHONY: FORCE
FORCE:

$(BUILD)/paddock: $(call obj,tui/main.c) $(TUI_A) $(LIB_A)
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TUI) $(LIBS_LIB)
$(BUILD)/paddock-sandbox: $(call obj,$(BOX_SRC)) $(LIB_A) $(BOX_A).list
	@echo "  LD  $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter-out %.list,$^) $(LIBS_BOX) $(LIBS_LIB)

# ---- tests ---------------------------------------------------------------------------------
$(call bin,$(LIBT_SRC) $(API_SRC)): $(BUILD)/%: $(BUILD)/o/%.o $(SUP_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_LIB) $(LIBS_TEST)
# Their allocations fail when they say so.
$(filter %_memory_test,$(TESTS)): LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
# Tests of the terminal's own rooms: those come before the test library, which has a terminal of its
# own (the other end) for the screen tests.
$(call bin,$(TUIT_SRC)): $(BUILD)/%: $(BUILD)/o/%.o $(TUI_A) $(SUP_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TUI) $(LIBS_LIB) $(LIBS_TEST)
# Tests of the sandbox's rooms: it shares names with the client, and no code but base.
$(call bin,$(BOXT_SRC)): $(BUILD)/%: $(BUILD)/o/%.o $(BOX_A) $(SUP_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_BOX) $(LIBS_LIB) $(LIBS_TEST)
$(call bin,$(SCRN_SRC)): $(BUILD)/%: $(BUILD)/o/%.o $(SUP_A) $(TUI_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TUI) $(LIBS_LIB) $(LIBS_TEST)
$(HELPERS): $(BUILD)/%: $(BUILD)/o/%.o $(SUP_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_LIB) $(LIBS_TEST)

$(BENCH): $(call obj,$(BNCH_SRC)) $(SUP_A) $(TUI_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_TUI) $(LIBS_LIB) $(LIBS_TEST)

$(SOAK): $(BUILD)/o/tests/soak/soak.o $(SUP_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_LIB) $(LIBS_TEST)

# The sandbox shares names with the client, and no code: its target is linked apart.
BOX_FUZZER := $(BUILD)/tests/fuzz/sandbox_request
$(filter-out $(BOX_FUZZER),$(FUZZERS)): $(BUILD)/%: $(BUILD)/o/%.o $(SUP_A) $(TUI_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS_TUI) $(LIBS_LIB) $(LIBS_TEST)
$(BOX_FUZZER): $(BUILD)/%: $(BUILD)/o/%.o $(BOX_A) $(LIB_A)
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS_BOX) $(LIBS_LIB)
fuzz-build: $(FUZZERS)

# Loaded before the console when its write()s are counted, or its loop's turns measured.
$(BUILD)/tests/bench/%.so: tests/bench/preload/%.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -O2 $(WARN) -fPIC -shared -o $@ $<

# What a key costs at least, without curses.
$(BUILD)/tests/bench/floor/echo_floor: tests/bench/floor/echo_floor.c
	@mkdir -p $(@D)
	@$(CC) -std=c11 -D_GNU_SOURCE -O2 $(WARN) -o $@ $<

tests-build: $(PROGS) $(TESTS) $(HELPERS)

# The unit tests alone, of whatever is built in BUILD: what CI runs a second time with clang.
unit-tests: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) $(call bin,$(UNIT_SRC)) $(HELPERS)
	@PADDOCK_BUILD=$(BUILD) sh tests/support/run-tests $(BUILD) $(sort $(UNIT_SRC:.c=))

# Everything under the sanitizers, then the checks. TESTS=path/of/one runs that one alone.
test: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) SAN=1 BUILD=build/asan tests-build
	@PADDOCK_BUILD=build/asan sh tests/support/run-tests build/asan $(ONLY)
	@$(if $(ONLY),:,sh tests/checks/run includes)

asan: test

# The metrics against a real Prometheus, unpacked into the build folder and not installed.
prometheus-test: deps-test all
	@$(MAKE) --no-print-directory $(BUILD)/tests/support/bin/prom_read $(BUILD)/tests/support/bin/picture
	@sh tests/prometheus/run $(BUILD)

# The proofs of the write path, larger than in `make test`.
cuts: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/tests/api/write_cut_test
	@PADDOCK_CUT_WHOLE=1 PADDOCK_BUILD=$(BUILD) $(BUILD)/tests/api/write_cut_test
memory: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) $(BUILD)/tests/api/write_memory_test
	@PADDOCK_MEMORY_STRIDE=1 $(BUILD)/tests/api/write_memory_test
signals: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) $(PROGS) $(BUILD)/tests/screen/signal_test
	@PADDOCK_BUILD=$(BUILD) PADDOCK_SIGNALS=all $(BUILD)/tests/screen/signal_test
kills: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) $(PROGS) $(BUILD)/tests/api/kill_test
	@PADDOCK_BUILD=$(BUILD) PADDOCK_KILLS=5000 PADDOCK_KILLS_SET=500 $(BUILD)/tests/api/kill_test

# What the sanitizers do not see: memory that is read before it was written. The unit tests of some
# rooms, many times slower than without; ONLY=tests/unit/base/str_test for one.
ROOMS        ?= model fleet store write plan
DEB_VALGRIND := valgrind libc6-dbg
VALGRIND     := valgrind -q --error-exitcode=98 --leak-check=full \
  --errors-for-leak-kinds=definite,possible --track-origins=yes
ROOM_TESTS    = $(if $(ONLY),$(ONLY:=.c),$(wildcard $(patsubst %,tests/unit/%/*_test.c,$(ROOMS))))
valgrind: deps-test
	@sh .ci/deps $(DEB_VALGRIND)
	@$(MAKE) --no-print-directory -j$$(nproc) $(call bin,$(ROOM_TESTS)) $(HELPERS)
	@PADDOCK_TEST_UNDER="$(VALGRIND)" PADDOCK_TEST_SECONDS=7200 PADDOCK_BUILD=$(BUILD) \
	  sh tests/support/run-tests $(BUILD) $(ROOM_TESTS:.c=)

# What two analyzers find by reading, to be judged by a reader. Nothing is built, nothing fails.
DEB_ANALYZE := clang-tidy
analyze: deps
	@sh .ci/deps $(DEB_ANALYZE)
	@sh tests/support/analyze $(ONLY)

# FUZZ_SECONDS for each of the targets of tests/fuzz; ONLY=record for one.
FUZZ_SECONDS ?= 60
FUZZ_CC      ?= clang
DEB_FUZZ := clang libclang-rt-14-dev
fuzz: deps-test
	@sh .ci/deps $(DEB_FUZZ)
	@$(MAKE) --no-print-directory -j$$(nproc) CC="$(FUZZ_CC)" FUZZ=1 BUILD=build/fuzz fuzz-build
	@sh tests/fuzz/run build/fuzz $(FUZZ_SECONDS) $(ONLY)

# The figures of tests/bench, each against what it is to reach. Nothing of it is asserted by a test.
# The programs that paddock is measured beside.
DEB_PEERS := less htop
bench: deps-test
	@sh .ci/deps $(DEB_PEERS)
	@$(MAKE) --no-print-directory -j$$(nproc) $(PROGS) $(BENCH) $(BUILD)/tests/bench/tty_writes.so $(BUILD)/tests/bench/loop_turns.so $(BUILD)/tests/bench/floor/echo_floor
	@PADDOCK_BUILD=$(BUILD) $(BENCH) $(if $(JSON),-o json) $(ONLY)

# Which lines of src/ the unit tests reach, by room; FILES=1 by file. Built in build/cov.
coverage: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) COV=1 BUILD=build/cov $(patsubst %.c,build/cov/%,$(filter-out tests/unit/support/%,$(UNIT_SRC)))
	@sh tests/support/coverage build/cov $(if $(FILES),-f)

# The console at work for SECONDS (600), and whether its memory and descriptors stay flat.
SECONDS ?= 600
soak: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) $(PROGS) $(SOAK)
	@PADDOCK_BUILD=$(BUILD) $(SOAK) $(SECONDS)

check: deps-test
	@sh tests/checks/run

# What is made of the tables of options, fields, commands and flags.
docs: all
	@PADDOCK_BUILD=$(BUILD) sh tests/checks/option-docs --write

# Below PREFIX/share, where each of the shells looks: bash, zsh, fish.
COMPLETIONS := bash-completion/completions/paddock zsh/site-functions/_paddock \
  fish/vendor_completions.d/paddock.fish
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/paddock/themes \
	  $(DESTDIR)$(PREFIX)/share/paddock/config $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 755 $(BUILD)/paddock $(BUILD)/paddock-sandbox $(DESTDIR)$(PREFIX)/bin/
	install -m 644 themes/*.cfg $(DESTDIR)$(PREFIX)/share/paddock/themes/
	install -m 644 config/*.cfg config/*.service $(DESTDIR)$(PREFIX)/share/paddock/config/
	install -d $(DESTDIR)$(PREFIX)/share/paddock/config/prometheus
	install -m 644 config/prometheus/* $(DESTDIR)$(PREFIX)/share/paddock/config/prometheus/
	install -m 644 docs/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 docs/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,$(dir $(COMPLETIONS)))
	$(BUILD)/paddock completion bash | install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/share/$(word 1,$(COMPLETIONS))
	$(BUILD)/paddock completion zsh | install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/share/$(word 2,$(COMPLETIONS))
	$(BUILD)/paddock completion fish | install -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/share/$(word 3,$(COMPLETIONS))

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/paddock $(DESTDIR)$(PREFIX)/bin/paddock-sandbox
	rm -rf $(DESTDIR)$(PREFIX)/share/paddock
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/paddock*.1 $(DESTDIR)$(PREFIX)/share/man/man5/paddock*.5
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/,$(COMPLETIONS))

# The console on the sandbox, over real HTTP. Without a terminal: the same accounts as a table.
demo: all
	@$(BUILD)/paddock --demo

pictures: deps-test
	@$(MAKE) --no-print-directory -j$$(nproc) tests-build
	@PADDOCK_BUILD=$(BUILD) sh tests/support/pictures docs/pictures

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

clean:
	rm -rf build

help:
	@echo "make            build build/paddock and build/paddock-sandbox (installs what is missing)"
	@echo "make demo       build, start the sandbox with 1,200 accounts, open the console on it"
	@echo "make test       every test, under the sanitizers; ONLY=tests/unit/base/str_test for one"
	@echo "make cuts       every byte of a write's exchanges cut; make kills: 5,000 SIGKILLs;"
	@echo "                make signals: ten signals in twelve states; make memory: every allocation fails"
	@echo "make fuzz       every fuzz target for FUZZ_SECONDS (60); ONLY=record for one"
	@echo "make valgrind   the unit tests of ROOMS under memcheck; make analyze: two analyzers over the source"
	@echo "make bench      measures and prints the figures; ONLY=NAME for one, JSON=1 for JSON"
	@echo "make coverage   which lines of src/ the unit tests reach, by room; FILES=1 by file"
	@echo "make soak       ten minutes of work (SECONDS=): memory and descriptors must stay flat"
	@echo "make prometheus-test  the metrics against a real Prometheus"
	@echo "make check      includes, tables, docs, formatting"
	@echo "make docs       config/paddock.cfg and the man pages' tables, from the tables of the source"
	@echo "make install    PREFIX=/usr/local DESTDIR="
	@echo "make pictures   docs/pictures/*.svg from the real screen"
	@echo "make format clean deps uninstall"

-include $(shell find $(BUILD)/o -name '*.d' 2>/dev/null)
