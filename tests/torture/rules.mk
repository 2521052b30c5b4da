# rules.mk: how the harness is built; included by the Makefile.
SIM_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/torture/sim*.c))
REAL_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/torture/real*.c)) $(filter-out %/main.o,$(E2E_OBJ))
$(REAL_OBJ): | $(B)/.deps-test
# spool.c's files are memory.
SIM_LINK = $(LINK) $(foreach f,open read write lseek close,-Wl$(comma)--wrap=$f)
MUTANT_ENV = BUILD=$(B) COMPILE='$(CC) $(ALL_CFLAGS)' LINK_AFTER='$(LIB) $(LIBS) $(TEST_LIBS)' \
	LINK_BEFORE='$(SIM_LINK) -o $(B)/mutants/sim $(SIM_OBJ)' \
	LAWS_BEFORE='$(LINK) -o $(B)/mutants/laws $(B)/tests/unit/test_undo_laws.o $(SUITE_MAIN) $(B)/tests/lib/suite.o'

# The stand-ins come before the library, which then has nothing to add in their place.
$(B)/torture_sim: $(SIM_OBJ) $(LIB)
	$(SIM_LINK) -o $@ $^ $(LIBS)

$(B)/torture_real: $(REAL_OBJ) $(TESTLIB_OBJ) $(LIB)
	$(LINK) -o $@ $^ $(LIBS) $(TEST_LIBS)

.PHONY: torture mutants
torture: $(B)/.deps-test $(PROGRAMS) ## try to break it: simulated worlds, struck processes, full sweeps
	@$(CHECK_ENV) TORTURE=full E2E_FULL=1 MODEL_WORLDS=$(or $(MODEL_WORLDS),5000) \
		tests/lib/check.sh -l $(LANES) $(B) $(B)/e2e tests/torture/run tests/model/run

mutants: $(B)/torture_sim $(B)/tests/unit/test_undo_laws ## deliberately broken builds, which the simulation must find out
	@$(MUTANT_ENV) tests/torture/mutants
