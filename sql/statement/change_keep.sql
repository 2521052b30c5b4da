-- apply: what the saved plan does not contain is not done.
update assocd.change n set state = 'skipped', message = 'not in plan ' || $2
where n.run_id = $1::bigint and n.state = 'planned' and not exists (
    select from assocd.change p where p.run_id = $2::bigint and p.operation = n.operation and p.from_id = n.from_id
        and p.to_id = n.to_id and p.category = n.category and p.type_id = n.type_id
        and p.state in ('planned', 'withheld'))
