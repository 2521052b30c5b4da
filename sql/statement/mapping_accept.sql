-- An approval has accepted what the sync means now: nobody is asked again, however the run ends.
update assocd.sync_state set fingerprint = $2 where sync = $1
