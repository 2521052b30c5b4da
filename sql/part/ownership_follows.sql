-- How ownership follows the changes w of run $1 of sync $2 once they have moved: what was created is owned, what was
-- archived no longer is. A run that others have overtaken while it waited (its number $3 is no longer current) leaves the
-- ownership of what they have changed to them. What a create in doubt may bring back is released, not forgotten.
v as materialized (select w.* from (select count(*) from moved) m left join w on true),
ours as (
    select v.*, exists (select from assocd.doubt d where d.sync = $2 and d.from_id = v.from_id and d.to_id = v.to_id
        and d.until > clock_timestamp()) as doubtful
    from v
    where (select epoch from assocd.sync_state where sync = $2) = $3::bigint or not exists (
        select from assocd.run r join assocd.change c using (run_id)
        where r.sync = $2 and r.run_id > $1::bigint and c.ordinal > 0 and c.from_id = v.from_id and c.to_id = v.to_id
            and c.category = v.category and c.type_id = v.type_id
            and c.state in ('sent', 'applied', 'unknown', 'verified', 'unverified'))),
entered as (
    insert into assocd.managed as m (sync, from_id, to_id, category, type_id, origin, run_id)
    select $2, from_id, to_id, category, type_id, coalesce(origin, 'created'), $1::bigint from ours
    where operation = 'create' and origin is distinct from 'foreign'
    on conflict (sync, from_id, to_id, category, type_id) do update set released_at = null
    where m.released_at is not null),
gone as materialized (
    select v.doubtful, o.place from ours v, lateral (
        select ctid as place from assocd.managed m
        where m.sync = $2 and m.from_id = v.from_id and m.to_id = v.to_id and m.category = v.category
            and m.type_id = v.type_id offset 0) o
    where v.operation = 'archive'),
released as (
    update assocd.managed m set released_at = clock_timestamp() from gone
    where gone.doubtful and m.ctid = gone.place)
delete from assocd.managed m using gone
where not gone.doubtful and m.ctid = gone.place
