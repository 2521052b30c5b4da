-- Rows that wait for their keys, for people: a thousand of them.
insert into assocd.reject (sync, origin, from_id, to_id, category, message, first_run_id, last_run_id, retry_at)
select distinct on (f, t) $1, 'key', f, t, category, left(message, 1000), $2::bigint, $2::bigint, coalesce(retry_at, clock_timestamp())
from (
    select left(coalesce(r.from_key, r.from_id::text), 100) as f, left(coalesce(r.to_key, r.to_id::text), 100) as t,
        case when 'unread' in (f.outcome, t.outcome) then 'unread'
            when 'ambiguous' in (f.outcome, t.outcome) then 'ambiguous' else 'missing' end as category,
        concat_ws('; ', case f.outcome
            when 'missing' then format('no record of %s has %s "%s" in HubSpot', $4::text, $6::text, r.from_key)
            when 'ambiguous' then format('several records of %s have %s "%s" in HubSpot: %s', $4::text, $6::text, r.from_key,
                (select string_agg(id::text, ', ' order by id) from unnest(fk.ids) as id))
            when 'unread' then format(case fk.outcome when 'unread' then 'a search has not found a record of %s that has %s "%s", which another '
                'one has to confirm a minute later' else 'HubSpot did not say which record of %s has %s "%s"' end, $4::text, $6::text, r.from_key) end,
            case t.outcome
            when 'missing' then format('no record of %s has %s "%s" in HubSpot', $7::text, $9::text, r.to_key)
            when 'ambiguous' then format('several records of %s have %s "%s" in HubSpot: %s', $7::text, $9::text, r.to_key,
                (select string_agg(id::text, ', ' order by id) from unnest(tk.ids) as id))
            when 'unread' then format(case tk.outcome when 'unread' then 'a search has not found a record of %s that has %s "%s", which another '
                'one has to confirm a minute later' else 'HubSpot did not say which record of %s has %s "%s"' end, $7::text, $9::text, r.to_key) end) as message,
        least(fk.retry_at, tk.retry_at) as retry_at
    from pg_temp.key_row r
        left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
        left join pg_temp.key_meaning t on t.side = 1 and t.key = r.to_key
        left join assocd.record_key fk on fk.portal_id = $3::bigint and fk.object = $5 and fk.property = $6 and fk.key = r.from_key
        left join assocd.record_key tk on tk.portal_id = $3::bigint and tk.object = $8 and tk.property = $9 and tk.key = r.to_key
    where f.outcome in ('missing', 'ambiguous', 'unread') or t.outcome in ('missing', 'ambiguous', 'unread')
    limit 1000) as waiting
on conflict (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type)) do update
set last_seen = clock_timestamp(), last_run_id = excluded.last_run_id, attempts = assocd.reject.attempts + 1,
    category = excluded.category, message = excluded.message, retry_at = excluded.retry_at
