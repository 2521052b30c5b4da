-- Forgets the batches and changes of runs older than the retention, some at a time, and requests that
-- were taken up so long ago; the runs' own rows and the owned set stay.
select assocd.prune_history($1::integer)
