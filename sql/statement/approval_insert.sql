-- Approves a plan.
insert into assocd.plan_approval (plan_id, digest, reason, expires_at)
values ($1::bigint, $2, $3, clock_timestamp() + $4::integer * interval '1 minute')
returning approval_id, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), approved_by
