-- Takes the sync's session lock, or says that another run has it.
select pg_try_advisory_lock(hashtextextended('assocd.sync:' || $1, 0))
