-- Raises the fencing number: from here on only this run can journal writes of the sync.
insert into assocd.sync_state (sync, portal, epoch) values ($1, $2, 1)
on conflict (sync) do update set epoch = assocd.sync_state.epoch + 1, portal = excluded.portal
returning epoch, coalesce(mapping, assocd.noted_mapping(fingerprint)), good_desired
