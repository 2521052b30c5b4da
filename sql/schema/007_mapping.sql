-- What a sync means is known from its first write on. Version 7.

-- The registry that a run fills is about what that run synchronised, good or not: a sync whose source
-- always had an invalid row would otherwise never be asked when its account, table or types change.
create function assocd.claim_mapping() returns trigger language plpgsql set search_path = '' as $$
begin
    update assocd.sync_state set fingerprint = new.fingerprint where sync = new.sync and fingerprint is null;
    return null;
end
$$;
comment on function assocd.claim_mapping is 'Trigger: the first run that writes says what the sync means, until a good one does.';
create trigger claim_mapping after update of status on assocd.run for each row
    when (new.status = 'applying' and new.undoes is null and new.fingerprint is not null)
    execute function assocd.claim_mapping();
comment on column assocd.run.skipped is 'Changes left out: quarantined, of records deleted or merged in HubSpot, named by the source from their other record, or no longer in the plan being applied.';
comment on column assocd.sync_state.fingerprint is 'What the last good run synchronised (object types, types, source and its database, policy, account), before that the first run that wrote; a change of it must be approved.';
