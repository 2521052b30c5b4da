-- The saved plan's rows say which run took them.
update assocd.change p set state = 'skipped', message = case when exists (
    select from assocd.change n where n.run_id = $2::bigint and n.ordinal > 0 and n.operation = p.operation and n.from_id = p.from_id
        and n.to_id = p.to_id and n.category = p.category and n.type_id = p.type_id)
    then 'taken over by run ' || $2 else 'changed since, not applied by run ' || $2 end
where p.run_id = $1::bigint and p.state in ('planned', 'withheld')
