-- Notes the keys of a side ($1) that a plan writes by, and that were asked for $8 milliseconds before $5 or earlier: those of all rows of the
-- from-records that it changes ($7: of these; NULL: of the run's changes, $6), and those that meant such a record before.
insert into pg_temp.key_again (side, key)
with record as materialized (
    select unnest($7::bigint[]) as from_id
    union
    select c.from_id from assocd.change c where $7::bigint[] is null and c.run_id = $6::bigint and c.state = 'planned'),
named as materialized (
    select case $1::smallint when 0 then r.from_key else r.to_key end as key
    from pg_temp.key_row r left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
    where coalesce(f.record_id, r.from_id) in (select from_id from record)
        or f.more && (select array_agg(from_id) from record)
    union
    select k.key from assocd.record_key k join record on k.former_id = record.from_id or k.record_id = record.from_id
    where $1::smallint = 0 and k.portal_id = $2::bigint and k.object = $3 and k.property = $4)
select n.side, n.key
from pg_temp.key_name n join named using (key)
    left join assocd.record_key k on k.portal_id = $2::bigint and k.object = $3 and k.property = $4 and k.key = n.key
where n.side = $1::smallint and (k.key is null or k.checked_at < $5::timestamptz - $8::bigint * interval '1 ms')
on conflict do nothing
