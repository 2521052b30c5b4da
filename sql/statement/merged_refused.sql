-- The records (0 from, 1 to) of changes that HubSpot refused, or took without showing them. Page by page.
select side, id from (
    select distinct e.side, e.id
    from (select from_id, to_id from assocd.change where run_id = $1::bigint and state in ('rejected', 'unverified') offset 0) c,
        lateral (values (0, c.from_id), (1, c.to_id)) as e(side, id)) as refused
where (side, id) > ($2::integer, $3::bigint) order by side, id limit $4::integer
