-- The records (0 from, 1 to) that a merge may be behind: of archives (if $6), planned or (if $5) only reported, of creates
-- beside them (of one of the two records), and of creates of links that HubSpot has lost; in an undo of all creates, too.
-- Page by page.
with undo as (select undoes is not null as yes from assocd.run where run_id = $1::bigint),
suspect as materialized (
    select operation, from_id, to_id, reason from assocd.change
    where run_id = $1::bigint and (state = 'planned' or $5::boolean and state = 'reported')
        and ($6::boolean or operation = 'create'))
select side, id from (
    select 0 as side, from_id as id from suspect, undo
    where operation = 'archive' or undo.yes or to_id in (select a.to_id from suspect a where a.operation = 'archive')
    union
    select 1, to_id from suspect where operation = 'archive'
    union
    select 1, c.to_id from assocd.change c, undo where c.run_id = $1::bigint and c.operation = 'create' and (
        (c.state = 'planned' and (c.reason = 'drift_removed' or undo.yes)) or ($5::boolean and c.state = 'reported')
        or c.from_id in (select a.from_id from suspect a where a.operation = 'archive'))
    ) as suspects
where (side, id) > ($2::integer, $3::bigint) order by side, id limit $4::integer
