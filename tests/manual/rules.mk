# rules.mk: the manual pages; included by the Makefile.

$(B)/manual: $(B)/tests/manual/manual.o $(LIB)
	$(LINK) -o $@ $^ $(LIBS)

$(B)/assocd.1: $(B)/manual
	$(B)/manual verbs >$@.new && mv $@.new $@

$(B)/assocd.yaml.5: $(B)/manual
	$(B)/manual keys >$@.new && mv $@.new $@
