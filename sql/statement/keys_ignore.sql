-- Keys of a side ($1) that name no record ($5): they are not asked for. Their rows are not pending, but protect the same.
with ignored as (
    delete from pg_temp.key_name where side = $1::smallint and key = any ($5::text[]) returning side, key)
insert into pg_temp.key_meaning (side, key, outcome, held)
select i.side, i.key, 'ignored', array_remove(k.ids || k.record_id, null)
from ignored i
    left join assocd.record_key k on k.portal_id = $2::bigint and k.object = $3 and k.property = $4 and k.key = i.key
