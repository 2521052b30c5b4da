-- Gives the sync's lock back while the session lives on (late verification).
select pg_advisory_unlock(hashtextextended('assocd.sync:' || $1, 0))
