-- What HubSpot does by itself because of a run's changes is in the journal, so that an undo can tell it from
-- what others did. Version 19.

alter table assocd.change add column implied text[],
    drop constraint change_reason_check,
    drop constraint change_state_check,
    add constraint change_reason_check check (reason in
        ('source_added', 'source_removed', 'drift_added', 'drift_removed', 'undo', 'moved', 'companion')),
    add constraint change_state_check check (state in ('planned', 'withheld', 'blocked', 'reported', 'skipped',
        'abandoned', 'sent', 'applied', 'rejected', 'unknown', 'verified', 'unverified', 'implied'));
comment on column assocd.change.implied is 'create: types (CATEGORY:id) that HubSpot adds, or may add, by itself with it: the plain type of a pair that had none, the primary one of a record that had no other. NULL: not noted (before version 19).';
comment on column assocd.change.reason is 'source_added, source_removed: the table changed; drift_added, drift_removed: HubSpot was changed by somebody else; undo; companion: undo of what had come or gone by itself, which the counts leave out; moved: HubSpot takes it away by itself, because a create of this run gives the type, which a record can have only once, to another pair.';
comment on column assocd.change.state is 'planned -> sent -> applied -> verified or unverified; sent -> rejected (HubSpot refused it) or unknown (no answer; settled by reading back). Never sent: withheld (by a guard), blocked (an unmanaged label hangs on it), reported (drift only), skipped, abandoned, implied (HubSpot does it by itself, see reason moved).';
drop trigger no_rewrite on assocd.change;
create trigger no_rewrite before update of run_id, operation, ordinal, from_id, to_id, category, type_id, reason, along, implied
    on assocd.change for each row execute function assocd.refuse_rewrite();
