-- The records (0 from, 1 to) that a merge may be behind: of planned archives, of creates beside them (of one of the two
-- records), and of creates of links that HubSpot has lost; in an undo of all creates, too. Page by page.
with undo as (select undoes is not null as yes from assocd.run where run_id = $1::bigint)
select side, id from (
    select 0 as side, from_id as id from assocd.change, undo
    where run_id = $1::bigint and state = 'planned' and (operation = 'archive' or undo.yes or to_id in (
        select a.to_id from assocd.change a where a.run_id = $1::bigint and a.operation = 'archive' and a.state = 'planned'))
    union
    select 1, to_id from assocd.change where run_id = $1::bigint and operation = 'archive' and state = 'planned'
    union
    select 1, c.to_id from assocd.change c, undo where c.run_id = $1::bigint and c.operation = 'create' and (
        (c.state = 'planned' and (c.reason = 'drift_removed' or undo.yes)) or c.from_id in (
            select a.from_id from assocd.change a where a.run_id = $1::bigint and a.operation = 'archive' and a.state = 'planned'))
    ) as suspects
where (side, id) > ($2::integer, $3::bigint) order by side, id limit $4::integer
