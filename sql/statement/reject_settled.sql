-- A change that went through at last is out of quarantine.
delete from assocd.reject r using assocd.change c
where c.run_id = $1::bigint and c.state in ('applied', 'verified') and r.sync = $2 and r.origin = 'hubspot'
    and coalesce(r.from_id, '') = c.from_id::text and coalesce(r.to_id, '') = c.to_id::text
    and coalesce(r.type, '') = c.category || ':' || c.type_id
