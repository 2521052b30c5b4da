-- What HubSpot said of keys ($4): the ids that have each ($5, between commas; $8: more have it), and what a person should know
-- ($6). One that is not resolved is asked for again by the next run, then after a minute, doubling, at most an hour. What a
-- search ($7) has not found is missing if none has for a minute.
insert into assocd.record_key as k (portal_id, object, property, key, outcome, record_id, ids, more, message, retry_at, absent_since)
select $1::bigint, $2, $3, u.key, case when n = 0 and $7::boolean then 'unread' when n = 0 then 'missing' when n = 1 then 'resolved'
        else 'ambiguous' end,
    case n when 1 then i.ids[1] end, case when n > 1 then i.ids else '{}' end, u.more, u.message,
    case when n = 0 and $7::boolean then clock_timestamp() + interval '1 minute' when n <> 1 then clock_timestamp() end,
    case when n = 0 and $7::boolean then clock_timestamp() end
from unnest($4::text[], $5::text[], $6::text[], $8::boolean[]) as u(key, ids, message, more)
    cross join lateral (select coalesce(string_to_array(nullif(u.ids, ''), ',')::bigint[], '{}') as ids) i
    cross join lateral (select cardinality(i.ids) as n) c
on conflict (portal_id, object, property, key) do update
set outcome = case when excluded.outcome = 'unread' and k.absent_since <= clock_timestamp() - interval '1 minute' then 'missing'
        else excluded.outcome end,
    record_id = coalesce(excluded.record_id, k.record_id),
    ids = case when excluded.outcome in ('missing', 'unread') then k.ids else excluded.ids end, -- what it meant is held
    more = excluded.more, message = excluded.message,
    absent_since = case when excluded.absent_since is not null then coalesce(k.absent_since, excluded.absent_since) end,
    former_id = case when excluded.record_id <> k.record_id then k.record_id else k.former_id end,
    moved_at = case when excluded.record_id <> k.record_id then clock_timestamp() else k.moved_at end,
    attempts = case when excluded.outcome = 'resolved' or k.outcome = 'resolved' then 1 else k.attempts + 1 end,
    checked_at = clock_timestamp(),
    retry_at = case when excluded.outcome = 'resolved' then null
        when excluded.outcome = 'unread' and coalesce(k.absent_since, clock_timestamp()) > clock_timestamp() - interval '1 minute'
            then coalesce(k.absent_since, clock_timestamp()) + interval '1 minute'
        when k.outcome = 'resolved' then clock_timestamp()
        else clock_timestamp() + least(interval '1 hour', interval '1 minute' * 2 ^ least(k.attempts - 1, 10)) end
