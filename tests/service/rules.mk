# rules.mk: what makes the host misbehave; included by the Makefile.
$(B)/shim.so: tests/service/shim/shim.c | $(B)/.deps-build
	$(CC) -std=c17 -D_GNU_SOURCE -O2 -g $(WARN) $(LDFLAGS) -fPIC -shared -o $@ $<

$(B)/service: | $(B)/shim.so
