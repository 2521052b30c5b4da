-- Uses a plan's approval, once: right digest, not expired, not used, and the sync still means what it meant then.
-- The digest is worked out once: as a condition of its own the planner would work it out, too.
update assocd.plan_approval set used_by_run_id = $2::bigint, used_at = clock_timestamp()
where approval_id = (
    select approval_id from assocd.plan_approval
    where plan_id = $1::bigint and digest = (select assocd.plan_digest($1::bigint)) and used_at is null
        and expires_at > clock_timestamp()
        and exists (select from assocd.run where run_id = $1::bigint
            and coalesce(mapping, assocd.noted_mapping(fingerprint)) = $3::text[])
    order by approval_id limit 1 for update)
returning approved_by
