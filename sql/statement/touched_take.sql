-- What waits for a sync, and the snapshot that saw it; NULL comes first and means everything, as does more than a
-- million rows.
with waiting as materialized (
    select from_id from assocd.touched where sync = $1 limit 1000001)
select case when (select count(*) from waiting) <= 1000000 then from_id end, pg_current_snapshot()
from waiting group by from_id order by from_id nulls first limit $2::integer
