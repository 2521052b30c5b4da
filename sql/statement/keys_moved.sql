-- From-records of the plan that a key has another meaning for than the plan was made by ($1: when its keys were asked for
-- again), of account $2: those that a from-key ($3, $4: object, property) meant and means, and those of the rows with a
-- to-key ($5, $6).
with changed as materialized (
    select m.side, m.key, array_remove(m.held || m.record_id || k.ids || k.record_id, null) as ids,
        case when k.key is null or k.checked_at < $1::timestamptz then 'could not be asked for again'
            when k.outcome <> 'resolved' then 'is not resolved any more' else 'means another record since' end as what
    from pg_temp.key_meaning m join pg_temp.key_again a on a.side = m.side and a.key = m.key
        left join assocd.record_key k on k.portal_id = $2::bigint and k.key = m.key
            and k.object = case m.side when 0 then $3 else $5 end and k.property = case m.side when 0 then $4 else $6 end
    where k.key is null or k.checked_at < $1::timestamptz or k.outcome is distinct from m.outcome
        or k.outcome = 'resolved' and k.record_id is distinct from m.record_id)
select from_id, min(format('key %s %s', key, what)) from (
    select unnest(ids) as from_id, key, what from changed where side = 0
    union all
    select coalesce(f.record_id, r.from_id), c.key, c.what
    from changed c join pg_temp.key_row r on r.to_key = c.key left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
    where c.side = 1) as record
where from_id is not null group by from_id order by from_id
