-- From-records that are no more in HubSpot, and what they were merged into (0: nothing). HubSpot is asked again after 1 h,
-- and then when a record has been missing for twice as long, at least once a day.
insert into assocd.reject (sync, origin, from_id, category, message, merged_into, first_run_id, last_run_id, retry_at)
select distinct on (f) $1, 'source', f::text, c, m, nullif(i, 0), $2::bigint, $2::bigint, clock_timestamp() + interval '1 hour'
from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[]) as u(f, c, m, i)
on conflict (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type)) do update
set last_seen = clock_timestamp(), last_run_id = excluded.last_run_id, attempts = assocd.reject.attempts + 1,
    category = excluded.category, message = excluded.message, merged_into = excluded.merged_into,
    retry_at = case
        when assocd.reject.retry_at > clock_timestamp() and assocd.reject.category = excluded.category
            and assocd.reject.merged_into is not distinct from excluded.merged_into then assocd.reject.retry_at
        else clock_timestamp() + least(interval '1 day', greatest(interval '1 hour', clock_timestamp() - assocd.reject.first_seen))
    end
