# rules.mk: hostile input; included by the Makefile. `make check` replays the corpus of every target;
# `make fuzz` builds the same targets once more, with clang's libFuzzer and its sanitizers.
FUZZ := answer config http json row schedule show
FUZZ_REPLAY := $(FUZZ:%=$(B)/fuzz/%)
FUZZ_ENGINE := # of the targets: libFuzzer, or nothing for replay.c
FUZZ_OBJ := $(B)/tests/fuzz/require.o $(addprefix $(B)/tests/lib/,json_judge.o scripted_http.o lane.o)
SUITES += $(FUZZ_REPLAY)

$(B)/fuzz/answer: $(B)/tests/fuzz/answer_http.o $(B)/tests/fuzz/answer_judge.o
# A stand-in comes before the library, which then has nothing to add in its place.
$(FUZZ_REPLAY): $(B)/fuzz/%: $(B)/tests/fuzz/%.o $(FUZZ_OBJ) $(LIB) \
		$(if $(FUZZ_ENGINE),,$(B)/tests/fuzz/replay.o)
	@mkdir -p $(@D)
	$(LINK) $(FUZZ_ENGINE) -o $@ $(filter %.o,$^) $(LIB) $(LIBS)

check: $(FUZZ_REPLAY)

.PHONY: fuzz
fuzz: ## look for input that breaks a reader: libFuzzer, a minute (FUZZ_SECONDS=N for each target)
	@.ci/deps fuzz || { echo 'fuzz: NOT RUN: it needs clang and its libFuzzer' >&2; exit 1; }
	@$(MAKE) --no-print-directory CC=clang SAN=1 B=build-fuzz FUZZ_ENGINE=-fsanitize=fuzzer \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' $(FUZZ:%=build-fuzz/fuzz/%)
	@tests/fuzz/run build-fuzz $(FUZZ)
