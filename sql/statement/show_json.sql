-- A run with its batches and changes as JSON.
select row_to_json(j) from (
    select r.run_id, coalesce(r.plan_id, r.run_id) as plan_id, r.undoes, r.sync, r.portal, r.portal_id, r.api, r.cause, r.status,
        r.started_at, r.completed_at, r.desired, r.records, r.unread, r.observed, r.unchanged, r.duplicates, r.invalid, r.pending,
        r.managed, r.to_create, r.to_archive, r.drift, r.reported, r.blocked, r.created, r.archived, r.rejected,
        r.unverified, r.skipped, r.withheld, r.requests, r.digest, r.guard, r.error,
        (select coalesce(json_agg(b order by b.batch_id), '[]') from (
            select batch_id, operation, status, inputs, attempts, http_status, sent_at, completed_at, api_started_at,
                api_completed_at, correlation_id, error
            from assocd.batch where run_id = r.run_id) b) as batches,
        (select coalesce(json_agg(c), '[]') from (
            select c.operation, c.ordinal, c.from_id, c.to_id, k.from_key, k.to_key, c.category, c.type_id, c.reason, c.state,
                c.batch_id, c.message
            from (
                select * from assocd.change
                where run_id = r.run_id and operation in ('create', 'archive') and ordinal <= 10000
                order by operation, ordinal limit 10000) c
\ir ../part/change_keys.sql
            order by c.operation, c.ordinal) c) as changes
    from assocd.run r where r.run_id = $1::bigint) j
