-- What the keys of a side ($1) mean in this run. What had to be asked ($5, $6 as for keys_wanted) and was not answered is
-- unread, whatever it meant before; the records that it meant, or may mean, are held: they get no archives.
insert into pg_temp.key_meaning (side, key, outcome, record_id, held)
select n.side, n.key, o.outcome, case o.outcome when 'resolved' then k.record_id end,
    case when o.outcome <> 'resolved' then array_remove(k.ids || k.record_id, null) end
from pg_temp.key_name n
    left join assocd.record_key k on k.portal_id = $2::bigint and k.object = $3 and k.property = $4 and k.key = n.key
    cross join lateral (select case
        when k.key is null then 'unread'
        when k.outcome = 'resolved' and k.checked_at < $6::timestamptz - $5::bigint * interval '1 ms' then 'unread'
        when k.outcome <> 'resolved' and k.retry_at <= $6::timestamptz then 'unread'
        else k.outcome end as outcome) o
where n.side = $1::smallint
on conflict (side, key) do update
set outcome = excluded.outcome, record_id = excluded.record_id, held = excluded.held
