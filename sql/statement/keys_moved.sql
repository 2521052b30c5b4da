-- From-records of the plan that a key has another meaning for than the plan was made by ($1: when its keys were asked for
-- again), of account $2: those that a from-key ($3, $4, $5: object, property, on_many) meant and means, and those of the rows
-- with a to-key ($6, $7, $8).
with changed as materialized (
    select m.side, m.key, array_remove(m.held || m.record_id || m.more || k.ids || k.record_id, null) as ids,
        case when k.key is null or k.checked_at < $1::timestamptz then 'could not be asked for again'
            when means.ids is null then 'is not resolved any more' else 'means another record since' end as what
    from pg_temp.key_meaning m join pg_temp.key_again a on a.side = m.side and a.key = m.key
        cross join lateral (select case m.side when 0 then $3 else $6 end as object, case m.side when 0 then $4 else $7 end as property,
            case m.side when 0 then $5 else $8 end as on_many) side
        left join assocd.record_key k on k.portal_id = $2::bigint and k.key = m.key
            and k.object = side.object and k.property = side.property
        cross join lateral (select
\ir ../part/key_means.sql
        as ids) means
    where k.key is null or k.checked_at < $1::timestamptz
        or means.ids is distinct from case m.outcome when 'resolved' then m.record_id || coalesce(m.more, '{}') end
        or means.ids is null and k.outcome is distinct from m.outcome)
select from_id, min(format('key %s %s', key, what)) from (
    select unnest(ids) as from_id, key, what from changed where side = 0
    union all
    select coalesce(f.record_id, r.from_id), c.key, c.what
    from changed c join pg_temp.key_row r on r.to_key = c.key left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
    where c.side = 1) as record
where from_id is not null group by from_id order by from_id
