-- Forgets the batches and changes of runs older than the retention, some at a time, requests that were taken up so
-- long ago, and runs older than theirs ($2); the owned set stays. How many rows went.
select assocd.prune_history($1::integer, $2::integer)
