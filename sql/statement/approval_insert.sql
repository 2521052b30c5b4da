-- Approves a plan in the name of the role that logged in.
select approval_id, to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), approved_by
from assocd.approve($1::bigint, $2, $3::integer)
