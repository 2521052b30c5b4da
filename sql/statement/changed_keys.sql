-- What waits for a sync whose source names from-records by keys, and the snapshot that saw it; NULL comes first and means
-- everything, as does more than a million rows.
with waiting as materialized (
    select from_key from assocd.touched where sync = $1 limit 1000001)
select case when (select count(*) from waiting) <= 1000000 then from_key end, pg_current_snapshot()
from waiting group by from_key order by from_key nulls first limit $2::integer
