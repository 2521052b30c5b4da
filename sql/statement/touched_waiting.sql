-- The syncs whose source changed: how many records, and how long the oldest has waited (ms).
select sync, count(*), (extract(epoch from clock_timestamp() - min(touched_at)) * 1000)::bigint
from assocd.touched group by sync order by sync
