-- Takes the sync's lock for this session, or says that another one has it.
select assocd.lock_sync($1, $2)
