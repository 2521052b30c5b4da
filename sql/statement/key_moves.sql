-- The pairs that the rows of the source meant while one of their keys, or both, meant another record: in order. Account $1;
-- object and property of from-keys ($2, $3) and to-keys ($4, $5).
copy (
    with former as materialized (
        select 0 as side, key, former_id from assocd.record_key
        where portal_id = $1::bigint and object = $2 and property = $3 and former_id is not null
        union all
        select 1, key, former_id from assocd.record_key
        where portal_id = $1::bigint and object = $4 and property = $5 and former_id is not null)
    select from_id, to_id from (
        select coalesce(f.record_id, r.from_id) as from_id, m.former_id as to_id
        from former m join pg_temp.key_row r on r.to_key = m.key left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
        where m.side = 1
        union
        select m.former_id, coalesce(t.record_id, r.to_id)
        from former m join pg_temp.key_row r on r.from_key = m.key left join pg_temp.key_meaning t on t.side = 1 and t.key = r.to_key
        where m.side = 0
        union
        select m.former_id, n.former_id
        from former m join pg_temp.key_row r on r.from_key = m.key join former n on n.key = r.to_key
        where m.side = 0 and n.side = 1) as pair
    where from_id is not null and to_id is not null
    order by 1, 2 limit 100000) to stdout
