-- Changes that HubSpot refused and nobody wants any more: the run has compared their records (of $3; NULL: all)
-- and found nothing of the kind to do.
delete from assocd.reject r
where r.sync = $1 and r.origin = 'hubspot' and r.operation <> 'read' and ($3::bigint[] is null or assocd.record_id(r.from_id) = any ($3::bigint[]))
    and not exists (select from assocd.reject q where q.sync = $1 and q.operation = 'read' and q.from_id = r.from_id)
    and not exists (select from assocd.change c where c.run_id = $2::bigint and c.ordinal > 0 and c.from_id = assocd.record_id(r.from_id)
        and c.to_id = assocd.record_id(r.to_id) and c.operation = r.operation and c.category || ':' || c.type_id = r.type
        and c.state in ('planned', 'skipped'))
