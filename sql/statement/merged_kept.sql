-- Archives of what an earlier run has found to have come by a merge are left out of the plan, unless the sync has made or
-- archived the link since. Where drift is only told, or an archive is blocked, the row just says so. Only what others added: a link that the source named since, and drops, is archived.
with kept as (
    select c.ordinal, p.merged_from
    from assocd.change c, lateral (
        select m.run_id, m.merged_from from assocd.change m join assocd.run r using (run_id)
        where m.merged_from is not null and m.from_id = c.from_id and m.to_id = c.to_id
            and (m.category, m.type_id) = (c.category, c.type_id) and r.sync = $2 and m.run_id < $1::bigint
        order by m.run_id desc limit 1) p
    where c.run_id = $1::bigint and c.operation = 'archive' and c.reason = 'drift_added'
        and c.state in ('planned', 'reported', 'blocked')
        and not exists (
            select from assocd.run r join assocd.change d using (run_id)
            where r.sync = $2 and r.run_id > p.run_id and r.run_id < $1::bigint and d.ordinal > 0 and d.from_id = c.from_id
                and d.to_id = c.to_id and (d.category, d.type_id) = (c.category, c.type_id)
                and d.state in ('sent', 'applied', 'verified', 'unverified', 'unknown')))
select assocd.keep_merged($1::bigint, array_agg(ordinal), array_agg(merged_from)) from kept having count(*) > 0
