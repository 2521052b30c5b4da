-- apply: changes of the saved plan ($2) that this run does not find any more, and those that it finds and leaves as drift.
select count(*) filter (where n.run_id is null), count(*) filter (where n.state = 'reported')
from assocd.change p left join assocd.change n on n.run_id = $1::bigint and n.ordinal > 0 and n.operation = p.operation
    and n.from_id = p.from_id and n.to_id = p.to_id and n.category = p.category and n.type_id = p.type_id
where p.run_id = $2::bigint and p.ordinal > 0 and p.state in ('planned', 'withheld') and p.reason <> 'companion'
