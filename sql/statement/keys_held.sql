-- What rows that wait for their keys protect: 0, from-records; 1, to-records; 2, everything, because a row may be about
-- any two records. A key that no record has is about none, but for the one that it meant last.
copy (
    with waiting as materialized (
        select r.from_key is null or f.outcome = 'resolved' as from_known, coalesce(f.record_id, r.from_id) as from_id, f.held as from_held,
            r.to_key is null or t.outcome = 'resolved' as to_known, coalesce(t.record_id, r.to_id) as to_id, f.outcome as from_outcome
        from pg_temp.key_row r
            left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
            left join pg_temp.key_meaning t on t.side = 1 and t.key = r.to_key
        where f.outcome <> 'resolved' or t.outcome <> 'resolved')
    select 0, from_id from waiting where from_known
    union
    select 0, unnest(from_held) from waiting where not from_known
    union
    select 1, to_id from waiting where not from_known and to_known and to_id is not null
    union
    select 2, 0 from waiting where not from_known and not to_known and from_outcome = 'unread'
        and cardinality(coalesce(from_held, '{}')) = 0
    order by 1, 2) to stdout
