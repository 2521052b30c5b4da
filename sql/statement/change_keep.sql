-- apply: what the saved plan does not contain is not done, nor is anything else on the same pair: whoever
-- approved to unlink a pair has not seen the label that it has got since.
with unseen as (
    select n.operation, n.ordinal, n.from_id, n.to_id from assocd.change n
    where n.run_id = $1::bigint and n.state = 'planned' and not exists (
        select from assocd.change p where p.run_id = $2::bigint and p.ordinal > 0 and p.operation = n.operation and p.from_id = n.from_id
            and p.to_id = n.to_id and p.category = n.category and p.type_id = n.type_id
            and p.state in ('planned', 'withheld')))
update assocd.change c set state = 'skipped', message = case
    when (c.operation, c.ordinal) in (select operation, ordinal from unseen) then 'not in plan '
    else 'its pair has changed since plan ' end || $2
where c.run_id = $1::bigint and c.state = 'planned' and (c.from_id, c.to_id) in (select from_id, to_id from unseen)
