-- What the keys of a side ($1; $7: its on_many) mean in this run. What had to be asked ($5, $6 as for keys_wanted), or asked
-- again, and was not answered is unread, whatever it meant before; the records that it meant, or may mean, are held: they get
-- no archives.
insert into pg_temp.key_meaning (side, key, outcome, record_id, held, more)
select n.side, n.key, case when due.is_due then 'unread' when means.ids is not null then 'resolved' else k.outcome end,
    case when not due.is_due then means.ids[1] end,
    case when due.is_due or means.ids is null then array_remove(k.ids || k.record_id, null) end,
    case when not due.is_due and cardinality(means.ids) > 1 then means.ids[2:] end
from pg_temp.key_name n
    left join assocd.record_key k on k.portal_id = $2::bigint and k.object = $3 and k.property = $4 and k.key = n.key
    cross join lateral (select $7::text as on_many) side
    left join pg_temp.key_again a on a.side = n.side and a.key = n.key
    cross join lateral (select a.key is not null and k.checked_at < $6::timestamptz or
\ir ../part/key_is_due.sql
    as is_due) due
    cross join lateral (select
\ir ../part/key_means.sql
    as ids) means
where n.side = $1::smallint
on conflict (side, key) do update
set outcome = excluded.outcome, record_id = excluded.record_id, held = excluded.held, more = excluded.more
