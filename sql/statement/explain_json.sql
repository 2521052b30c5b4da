-- What the journal knows of a pair, as JSON.
select json_build_object(
    'owner', (select coalesce(json_agg(o), '[]') from (
        select category, type_id, origin, run_id, since, released_at from assocd.managed
        where sync = $1 and from_id = $2::bigint and to_id = $3::bigint order by category, type_id) o),
    'changes', (select coalesce(json_agg(h), '[]') from (
        select r.run_id, r.cause, r.status, c.operation, c.category, c.type_id, c.reason, c.state, c.message, c.batch_id,
            b.sent_at, b.completed_at, b.api_started_at, b.api_completed_at, b.http_status, b.correlation_id, b.error
        from assocd.run r join assocd.change c on c.run_id = r.run_id and c.ordinal > 0 and c.from_id = $2::bigint
        left join assocd.batch b on b.batch_id = c.batch_id
        where r.sync = $1 and c.to_id = $3::bigint order by r.run_id desc, c.operation, c.ordinal limit 100) h),
    'rejects', (select coalesce(json_agg(j), '[]') from (
        select origin, operation, type, category, message, attempts, last_seen, retry_at, correlation_id from assocd.reject
        where sync = $1 and $4::text is not null and ltrim(coalesce(from_id, ''), '0') = $2::bigint::text
            and (to_id is null or ltrim(to_id, '0') = $3::bigint::text)) j))
