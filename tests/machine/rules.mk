# rules.mk: fresh machines; included by the Makefile.
.PHONY: machines
machines: ## demo and check on fresh Debians and Ubuntus, as an ordinary user (as root; about an hour)
	@tests/machine/machines
