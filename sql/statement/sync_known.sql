-- Does the journal or the quarantine know a sync of this name?
select exists (select from assocd.run where sync = $1) or exists (select from assocd.reject where sync = $1)
