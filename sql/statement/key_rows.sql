-- The rows of a source with keys by ids, in order. A row whose to-key is not resolved names its from-record and no more; one
-- whose key means several records names each of them.
copy (
    select coalesce(f.record_id, r.from_id), case when w.waits then null else coalesce(t.record_id, r.to_id) end,
        case when w.waits then -1 else r.type end
    from pg_temp.key_row r
        left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
        left join pg_temp.key_meaning t on t.side = 1 and t.key = r.to_key
        cross join lateral (select r.to_key is not null and t.outcome <> 'resolved' as waits) w
    where r.from_key is null or f.outcome = 'resolved'
    union all
    select f1.id, case when w.waits then null else t1.id end, case when w.waits then -1 else r.type end
    from pg_temp.key_row r
        left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
        left join pg_temp.key_meaning t on t.side = 1 and t.key = r.to_key
        cross join lateral (select r.to_key is not null and t.outcome <> 'resolved' as waits) w
        cross join lateral unnest(coalesce(f.record_id, r.from_id) || f.more) with ordinality f1(id, n)
        cross join lateral unnest(coalesce(t.record_id, r.to_id) || t.more) with ordinality t1(id, n)
    where exists (select from pg_temp.key_meaning where more is not null)
        and (r.from_key is null or f.outcome = 'resolved') and f1.n + t1.n > 2
    order by 1, 2 nulls first) to stdout
