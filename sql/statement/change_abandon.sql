-- A run that ends early leaves nothing in a state that says more is to come. What was refused with its batch was
-- not done; what has no answer may have been. So may what a batch has carried along from the other record of its links.
with batches as (
    update assocd.batch set status = 'unknown', error = coalesce(error, 'the run ended before the answer')
    where run_id = $1::bigint and status = 'sent')
select assocd.abandon_changes($1::bigint, true)
