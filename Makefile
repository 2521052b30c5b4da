# assocd: `make help` lists the targets. No configure step; everything built stands in build/.
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
VERSION := 0.1.0
# Of the caller's shell: whatever `cd` and messages would follow.
unexport CDPATH
export LC_ALL := C.UTF-8
# Not by its name alone: clang-19, and a cc that is one.
CLANG := $(findstring clang,$(CC) $(shell $(CC) --version 2>/dev/null | head -n 1))
B := build$(if $(SAN),-san)$(if $(CLANG),-clang)

PKGS := libcurl json-c libpq yaml-0.1 libsystemd
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wnull-dereference -Wundef \
	-Wimplicit-fallthrough -Werror=format-security -Werror=implicit \
	-Werror=incompatible-pointer-types -Werror=int-conversion $(if $(CI),-Werror)
HARDEN := -U_FORTIFY_SOURCE $(if $(SAN),,-D_FORTIFY_SOURCE=3) -fstack-protector-strong \
	-fstack-clash-protection -fno-delete-null-pointer-checks \
	-fno-strict-overflow -fno-strict-aliasing -fexceptions -fPIE \
	$(if $(CLANG),,-ftrivial-auto-var-init=zero -Wtrampolines -Wbidi-chars=any)
LINK_HARDEN := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen \
	-Wl,-z,separate-code -Wl,--as-needed -Wl,--no-copy-dt-needed-entries
comma := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)

ALL_CFLAGS = -std=c17 -D_GNU_SOURCE $(CPPFLAGS) $(CFLAGS) $(WARN) $(HARDEN) $(SANFLAGS) -DASSOCD_VERSION='"$(VERSION)"' \
	-Idaemon -I$(B)/gen -include daemon/base/banned.h $(shell pkg-config --cflags $(PKGS) 2>/dev/null) -MMD -MP
LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null)
# Asked for when they are needed: on a bare machine they are installed in the meantime.
SANDBOX_LIBS = $(shell pkg-config --libs libmicrohttpd)
TEST_LIBS = $(shell pkg-config --libs check libmicrohttpd)
LINK = $(CC) $(CFLAGS) $(LDFLAGS) $(SANFLAGS)

SRC := $(wildcard daemon/*/*.c)
OBJ := $(SRC:%.c=$(B)/%.o)
LIB := $(B)/libassocd.a
SQL_STATEMENTS := $(sort $(wildcard sql/statement/*.sql))
SQL_PARTS := $(wildcard sql/part/*.sql)
SQL_SCHEMA := $(sort $(wildcard sql/schema/*.sql)) sql/roles.sql sql/grants.tsv
SUITE_MAIN := $(B)/tests/lib/suite_main.o
TESTLIB_OBJ := $(filter-out $(SUITE_MAIN),$(patsubst %.c,$(B)/%.o,$(wildcard tests/lib/*.c)))
SANDBOX_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/sandbox/*.c))
E2E_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/e2e/*.c))
SERVICE_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/service/*.c))
UNIT := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
MANUAL := $(B)/assocd.1 $(B)/assocd.yaml.5
PROGRAMS := $(MANUAL) $(addprefix $(B)/,assocd sandbox e2e service torture_sim torture_real)
LINTS := $(addprefix tests/lint/,run circles traps faults papers manual selftest hardening)
# The longest first: see tests/lib/check.sh.
SUITES = $(if $(E2E_OBJ),$(B)/e2e) $(B)/service $(wildcard tests/torture/run) tests/model/run $(LINTS) $(UNIT) \
	tests/service/units tests/service/standby tests/machine/bare tests/machine/uninstall tests/machine/hostile $(wildcard tests/conformance/run)
LANES ?= 2
# What the suites may need to know: where the programs stand. Check's own limit for a test is 4 s, which
# a busy machine needs for the longest computations.
CHECK_ENV := CK_DEFAULT_TIMEOUT=180 ASSOCD_TOP='$(CURDIR)' ASSOCD_BUILD=$(B) ASSOCD=$(B)/assocd SANDBOX=$(B)/sandbox \
	$(if $(SAN),ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1)

.PHONY: all sandbox deps demo check unit e2e lint bench fmt clean help
.PRECIOUS: $(B)/%.o
all: $(B)/assocd $(MANUAL) ## build assocd and its manual pages

sandbox: $(B)/sandbox ## build the HubSpot that tests and demo talk to

deps: ## install what building and testing needs (Debian; nothing to do is silent)
	@.ci/deps test

demo: $(B)/assocd $(B)/sandbox ## see it work: a throw-away PostgreSQL, a HubSpot sandbox, and assocd
	@$(CHECK_ENV) tests/demo/run

check: $(B)/.deps-test $(PROGRAMS) $(UNIT) ## lint, unit, end-to-end and conformance tests (SAN=1: sanitized)
	@$(CHECK_ENV) tests/lib/check.sh -l $(LANES) $(B) $(SUITES)

unit: $(B)/.deps-test $(UNIT) $(B)/sandbox ## only the unit tests
	@$(CHECK_ENV) tests/lib/check.sh -l $(LANES) $(B) $(UNIT)

e2e: $(B)/.deps-test $(PROGRAMS) ## only the end-to-end tests
	@$(CHECK_ENV) tests/lib/cluster.sh with tests/lib/check.sh $(B) $(B)/e2e

lint: $(B)/.deps-test $(B)/assocd $(MANUAL) ## only the rules of the code
	@$(CHECK_ENV) tests/lib/check.sh $(B) $(LINTS)

bench: $(B)/assocd $(B)/sandbox ## requests, CPU, memory and latency, as ratios
	@$(CHECK_ENV) tests/bench/run

$(B)/assocd: $(B)/daemon/main.o $(LIB)
	$(LINK) $(LINK_HARDEN) -o $@ $^ $(LIBS)

$(LIB): $(OBJ) $(B)/gen/pg/statement_text.o
	rm -f $@ && ar rcs $@ $^

$(B)/sandbox: $(SANDBOX_OBJ) $(LIB)
	$(LINK) -o $@ $^ $(LIBS) $(SANDBOX_LIBS)

$(B)/e2e: $(E2E_OBJ)
$(B)/service: $(SERVICE_OBJ)
$(B)/service: $(SUITE_MAIN)
$(B)/e2e $(B)/service: $(TESTLIB_OBJ) $(LIB)
	$(LINK) -o $@ $^ $(LIBS) $(TEST_LIBS)

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(SUITE_MAIN) $(TESTLIB_OBJ) $(LIB)
	$(LINK) -o $@ $^ $(LIBS) $(TEST_LIBS)

$(B)/%.o: %.c Makefile | $(B)/gen/pg/statement_list.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(if $(filter tests/%,$<),-Itests -DBUILD='"$(B)"') -c -o $@ $<

# ISO C promises 4095 bytes of string; gcc and clang take any length.
$(B)/gen/pg/statement_text.o: $(B)/gen/pg/statement_text.c
	$(CC) $(ALL_CFLAGS) -Wno-overlength-strings -c -o $@ $<

$(B)/gen/pg/statement_list.h $(B)/gen/pg/statement_text.c &: sql/embed.awk sql/schema sql/statement \
		$(SQL_STATEMENTS) $(SQL_PARTS) $(SQL_SCHEMA) | $(B)/.deps-build
	@mkdir -p $(B)/gen/pg
	awk -v list=$(B)/gen/pg/statement_list.h -v text=$(B)/gen/pg/statement_text.c \
		-f sql/embed.awk $(SQL_SCHEMA) $(SQL_STATEMENTS)

$(SUITE_MAIN) $(TESTLIB_OBJ) $(E2E_OBJ) $(SERVICE_OBJ) $(UNIT:%=%.o): | $(B)/.deps-test
$(SANDBOX_OBJ): | $(B)/.deps-demo
$(B)/.deps-test: | $(B)/.deps-demo
$(B)/.deps-demo: | $(B)/.deps-build

# Probed once for a build folder; `make deps` probes again.
$(B)/.deps-build $(B)/.deps-demo $(B)/.deps-test: $(B)/.deps-%:
	@mkdir -p $(B) && [ -w $(B) ] || { echo 'make: $(CURDIR) cannot be written: copy it to a folder' \
		'of yours, or build elsewhere: make B=/folder/of/yours' >&2; exit 1; }
	@.ci/deps $* && touch $@

include systemd/rules.mk $(wildcard tests/*/rules.mk)
# What a second compiler is asked for.
$(B)/tests: $(UNIT) $(if $(E2E_OBJ),$(B)/e2e)

fmt: ## format every C file (with clang-format 14, whose judgement is the lint's)
	find daemon tests -name '*.[ch]' ! -path '*/node_modules/*' -print0 | xargs -0 \
		$$(command -v clang-format-14 || echo clang-format) -i

clean: ## remove what was built
	rm -rf build build-san build-clang build-san-clang build-cov build-fuzz

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' Makefile */rules.mk tests/*/rules.mk | sed 's/:.*##/\t/' | expand -t 16

-include $(shell find $(B) -name '*.d' 2>/dev/null)
