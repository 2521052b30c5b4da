-- Records whose reading was refused go into quarantine, as refused changes do: 1 h, doubling, at most a day.
insert into assocd.reject (sync, origin, operation, from_id, category, message, correlation_id, first_run_id, last_run_id,
    retry_at)
select $1, 'hubspot', 'read', f::text, c, m, i, $2::bigint, $2::bigint, clock_timestamp() + interval '1 hour'
from unnest($3::bigint[], $4::text[], $5::text[], $6::text[]) as u(f, c, m, i)
on conflict (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type)) do update
set last_seen = clock_timestamp(), last_run_id = excluded.last_run_id, attempts = assocd.reject.attempts + 1,
    operation = excluded.operation, category = excluded.category, message = excluded.message,
    correlation_id = excluded.correlation_id,
    retry_at = clock_timestamp() + least(interval '1 day', interval '1 hour' * (2 ^ least(assocd.reject.attempts, 10)))
