-- Refused changes of a batch go into quarantine: 1 h, doubling with every refusal, at most a day.
insert into assocd.reject (sync, origin, operation, from_id, to_id, type, category, message, correlation_id, first_run_id,
    last_run_id, retry_at)
select $1, 'hubspot', c.operation, c.from_id::text, c.to_id::text, c.category || ':' || c.type_id, $3, coalesce(c.message, ''),
    $4, c.run_id, c.run_id, clock_timestamp() + interval '1 hour'
from assocd.batch_part b join assocd.change c on c.run_id = b.run_id and c.operation = b.operation
    and c.ordinal between b.first_ordinal and b.last_ordinal
where b.run_id = $5::bigint and b.batch_id = $2::bigint and c.batch_id = b.batch_id and c.state = 'rejected'
on conflict (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type)) do update
set last_seen = clock_timestamp(), last_run_id = excluded.last_run_id, attempts = assocd.reject.attempts + 1,
    operation = excluded.operation, category = excluded.category, message = excluded.message,
    correlation_id = excluded.correlation_id,
    retry_at = clock_timestamp() + least(interval '1 day', interval '1 hour' * (2 ^ least(assocd.reject.attempts, 10)))
