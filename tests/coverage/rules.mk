# rules.mk: a build for gcov and what is asked of it; included by the Makefile. Nothing is optimised
# or hardened in it, so that lines and branches are the source's.
COVERAGE_MAKE = $(MAKE) --no-print-directory B=build-cov CC=gcc CFLAGS='-O0 -g --coverage' HARDEN= SAN=
COVERAGE_TESTS = $(addprefix $(B)/tests/unit/test_,$(shell awk -F '\t' '!/^\#/ { print $$3 }' \
	tests/coverage/modules.tsv | sort -u))

.PHONY: coverage coverage-gate coverage-run coverage-run-all
coverage: ## what the unit tests cover; fails if a module that decides has less than 100 %
	+@$(COVERAGE_MAKE) coverage-run-all

coverage-gate: ## the same for the modules that decide alone, by their own tests
	+@$(COVERAGE_MAKE) coverage-run

coverage-run: $(B)/.deps-test $(COVERAGE_TESTS)
	@tests/coverage/run $(B) $(COVERAGE_TESTS)

coverage-run-all: $(UNIT) $(B)/sandbox coverage-run
	@$(CHECK_ENV) tests/lib/cluster.sh with tests/coverage/all $(B) \
		$(filter-out $(COVERAGE_TESTS),$(UNIT))
