-- The saved plan's rows say which run took them.
select assocd.move_changes($1::bigint, t.operation, array_agg(t.ordinal), '{planned,withheld}', 'skipped', array_agg(t.message))
from (select p.operation, p.ordinal, case when exists (
        select from assocd.plan_row n where n.run_id = $2::bigint and n.ordinal > 0 and n.operation = p.operation and n.from_id = p.from_id
            and n.to_id = p.to_id and n.category = p.category and n.type_id = p.type_id)
        then 'taken over by run ' || $2 else 'changed since, not applied by run ' || $2 end as message
    from assocd.change p where p.run_id = $1::bigint and p.state in ('planned', 'withheld')) t
group by t.operation, t.ordinal / 10000 order by 1
