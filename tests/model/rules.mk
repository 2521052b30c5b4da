# rules.mk: the model of the rules by itself; included by the Makefile.
.PHONY: model
model: $(B)/.deps-test all ## config/README.md's rules as a model, beside the binary, in 5000 worlds
	@$(CHECK_ENV) MODEL_WORLDS=$(or $(MODEL_WORLDS),5000) tests/lib/cluster.sh with tests/model/run
