-- A run that ends early leaves nothing in a state that says more is to come. What was refused with its batch was
-- not done; what has no answer may have been. So may what a batch has carried along from the other record of its links.
with batches as (
    update assocd.batch set status = 'unknown', error = coalesce(error, 'the run ended before the answer')
    where run_id = $1::bigint and status = 'sent')
update assocd.change c set state = case when (c.state = 'sent' or c.batch_id is not null) and not exists (
        select from assocd.batch b where b.batch_id = c.batch_id and b.status = 'failed') then 'unknown' else 'abandoned' end
where c.run_id = $1::bigint and c.state in ('planned', 'sent')
