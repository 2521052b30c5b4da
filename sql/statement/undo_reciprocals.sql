-- Some links that a run has changed from both of their ends.
select distinct c.from_id, c.to_id from assocd.change c
where c.run_id = $1::bigint and c.from_id < c.to_id and c.state in ('applied', 'verified', 'unverified', 'unknown')
    and exists (select from assocd.change o where o.run_id = c.run_id and o.from_id = c.to_id and o.to_id = c.from_id)
order by c.from_id, c.to_id limit 100
