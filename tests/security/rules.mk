# rules.mk: real logins and a hostile server; included by the Makefile.
SECURITY_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/security/*.c)) $(B)/tests/service/bed.o
$(SECURITY_OBJ): | $(B)/.deps-test
$(B)/security: $(SECURITY_OBJ) $(SUITE_MAIN) $(TESTLIB_OBJ) $(LIB)
	$(LINK) -o $@ $^ $(LIBS) $(TEST_LIBS)
SUITES += $(B)/security
check: $(B)/security
