# assocd: `make help` lists the targets. No configure step; everything built stands in build/.
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
B := build$(if $(SAN),-san)$(if $(filter clang,$(CC)),-clang)

PKGS := libcurl json-c libpq yaml-0.1 libsystemd
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wnull-dereference -Wundef \
	-Wimplicit-fallthrough -Werror=format-security -Werror=implicit \
	-Werror=incompatible-pointer-types -Werror=int-conversion $(if $(CI),-Werror)
HARDEN := -U_FORTIFY_SOURCE $(if $(SAN),,-D_FORTIFY_SOURCE=3) -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full -fno-delete-null-pointer-checks \
	-fno-strict-overflow -fno-strict-aliasing -fexceptions -fPIE \
	$(if $(filter clang,$(CC)),,-ftrivial-auto-var-init=zero -Wtrampolines -Wbidi-chars=any)
LINK_HARDEN := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen \
	-Wl,-z,separate-code -Wl,--as-needed -Wl,--no-copy-dt-needed-entries
comma := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)

ALL_CFLAGS = -std=c17 -D_GNU_SOURCE $(CFLAGS) $(WARN) $(HARDEN) $(SANFLAGS) -Idaemon -I$(B)/gen \
	-include daemon/base/banned.h $(shell pkg-config --cflags $(PKGS) 2>/dev/null) -MMD -MP
LIBS = $(shell pkg-config --libs $(PKGS) 2>/dev/null)
TEST_LIBS = $(shell pkg-config --libs check libmicrohttpd 2>/dev/null)

SRC := $(wildcard daemon/*/*.c)
OBJ := $(SRC:%.c=$(B)/%.o)
LIB := $(B)/libassocd.a
SQL_STATEMENTS := $(sort $(wildcard sql/statement/*.sql))
SQL_SCHEMA := $(sort $(wildcard sql/schema/*.sql))
TESTLIB_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/lib/*.c))
SANDBOX_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/sandbox/*.c))
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))

.PHONY: all clean help fmt
all: $(B)/assocd $(if $(wildcard tests/sandbox/*.c),$(B)/sandbox) ## build assocd and the sandbox

$(B)/assocd: $(B)/daemon/main.o $(LIB)
	$(CC) $(CFLAGS) $(SANFLAGS) $(LINK_HARDEN) -o $@ $^ $(LIBS)

$(LIB): $(OBJ) $(B)/gen/pg/statement_text.o
	rm -f $@ && ar rcs $@ $^

$(B)/sandbox: $(SANDBOX_OBJ) $(LIB)
	$(CC) $(CFLAGS) $(SANFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS)

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(TESTLIB_OBJ) $(LIB)
	$(CC) $(CFLAGS) $(SANFLAGS) -o $@ $^ $(LIBS) $(TEST_LIBS)

$(B)/%.o: %.c | $(B)/gen/pg/statement_list.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(if $(filter tests/%,$<),-Itests) -c -o $@ $<

$(B)/gen/pg/statement_text.o: $(B)/gen/pg/statement_text.c
	$(CC) $(ALL_CFLAGS) -Wno-overlength-strings -c -o $@ $<

$(B)/gen/pg/statement_list.h $(B)/gen/pg/statement_text.c &: sql/embed.awk $(SQL_STATEMENTS) $(SQL_SCHEMA)
	@mkdir -p $(B)/gen/pg
	awk -v list=$(B)/gen/pg/statement_list.h -v text=$(B)/gen/pg/statement_text.c \
		-f sql/embed.awk $(SQL_SCHEMA) $(SQL_STATEMENTS)

fmt: ## format every C file
	clang-format -i $$(git ls-files '*.c' '*.h')

clean: ## remove what was built
	rm -rf build build-san build-clang build-san-clang

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 16

-include $(shell find $(B) -name '*.d' 2>/dev/null)
