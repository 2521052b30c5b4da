-- An approval has accepted what the sync means now: nobody is asked again, however the run ends.
update assocd.sync_state set fingerprint = $2, mapping = $3::text[] where sync = $1
