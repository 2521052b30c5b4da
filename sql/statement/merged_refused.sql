-- The records (0 from, 1 to) of changes that HubSpot refused, or took without showing them. Page by page.
select side, id from (
    select 0 as side, from_id as id from assocd.change where run_id = $1::bigint and state in ('rejected', 'unverified')
    union
    select 1, to_id from assocd.change where run_id = $1::bigint and state in ('rejected', 'unverified')) as refused
where (side, id) > ($2::integer, $3::bigint) order by side, id limit $4::integer
