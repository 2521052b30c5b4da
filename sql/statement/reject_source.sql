-- Invalid rows of the source; met again they are counted again. Cells are kept up to 100 characters:
-- they are in an index, whose rows have a limit.
insert into assocd.reject (sync, origin, from_id, to_id, type, category, message, first_run_id, last_run_id)
select distinct on (quote_nullable(f), quote_nullable(t), quote_nullable(y)) $1, 'source', f, t, y, c, m, $2::bigint, $2::bigint
from (
    select left(f, 100) as f, left(t, 100) as t, left(y, 100) as y, c, m
    from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as u(f, t, y, c, m)) as cells
on conflict (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type)) do update
set last_seen = clock_timestamp(), last_run_id = excluded.last_run_id, attempts = assocd.reject.attempts + 1,
    category = excluded.category, message = excluded.message, merged_into = null, retry_at = null
