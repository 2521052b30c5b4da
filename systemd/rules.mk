# rules.mk: what is installed where; included by the Makefile.
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
UNITS := $(wildcard systemd/*.service systemd/*.timer)
# Beside README.md, in the folders that its links name.
PAPERS := $(wildcard $(addsuffix /README.md,config systemd sql daemon daemon/hubspot tests) config/*.yaml config/*.sql \
	sql/grants.tsv systemd/network.conf)
# Quoted, as either may hold a blank.
BIN = "$(DESTDIR)$(PREFIX)/bin"
SHARE = "$(DESTDIR)$(PREFIX)/share/doc/assocd"
MAN = "$(DESTDIR)$(PREFIX)/share/man"
LIBDIR = "$(DESTDIR)$(PREFIX)/lib"
UNITS_TO = "$(DESTDIR)$(UNITDIR)"

.PHONY: install uninstall
install: $(B)/assocd $(MANUAL) ## install (PREFIX, SYSCONFDIR, UNITDIR, DESTDIR)
	install -D -m 755 $(B)/assocd $(BIN)/assocd
	install -D -m 644 -t $(SHARE) config/assocd.yaml $(wildcard README.md)
	$(foreach paper,$(PAPERS),install -D -m 644 $(paper) $(SHARE)/$(paper) &&) true
	install -D -m 644 $(B)/assocd.1 $(MAN)/man1/assocd.1
	install -D -m 644 $(B)/assocd.yaml.5 $(MAN)/man5/assocd.yaml.5
	install -d "$(DESTDIR)$(SYSCONFDIR)/assocd" $(UNITS_TO)
	$(foreach unit,$(UNITS),sed 's|/usr/\([bs][a-z/]*/assocd\)|$(PREFIX)/\1|' $(unit) \
		>$(UNITS_TO)/$(notdir $(unit)) && chmod 644 $(UNITS_TO)/$(notdir $(unit)) &&) true
	install -D -m 644 systemd/assocd.sysusers $(LIBDIR)/sysusers.d/assocd.conf
	install -D -m 644 systemd/assocd.tmpfiles $(LIBDIR)/tmpfiles.d/assocd.conf

uninstall: ## remove what install put there; the configuration stays
	rm -f $(BIN)/assocd $(foreach unit,$(UNITS),$(UNITS_TO)/$(notdir $(unit))) \
		$(LIBDIR)/sysusers.d/assocd.conf $(LIBDIR)/tmpfiles.d/assocd.conf
	rm -f $(MAN)/man1/assocd.1 $(MAN)/man5/assocd.yaml.5
	rm -rf $(SHARE)
