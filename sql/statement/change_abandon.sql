-- A run that ends early leaves nothing in a state that says more is to come.
with batches as (
    update assocd.batch set status = 'unknown', error = coalesce(error, 'the run ended before the answer')
    where run_id = $1::bigint and status = 'sent')
update assocd.change set state = case when state = 'sent' then 'unknown' else 'abandoned' end
where run_id = $1::bigint and state in ('planned', 'sent')
