-- Names with waiting rows that are none of these, ten at most, found from one to the next; rows, counted to a
-- thousand.
with recursive name(sync) as (
    (select t.sync from assocd.touched t order by t.sync limit 1)
    union all
    select (select t.sync from assocd.touched t where t.sync > n.sync order by t.sync limit 1) from name n
    where n.sync is not null)
select n.sync, (select count(*) from (select from assocd.touched t where t.sync = n.sync limit 1000) as counted)
from name n where n.sync is not null and n.sync <> all ($1::text[]) limit 10
