-- The from-records that changed keys ($4) mean, meant or may mean: in the account $1, of the object type $2 and property $3.
-- A key that the source does not name any more is known from before.
select distinct id
from (
    select unnest(m.held || m.record_id || m.more) as id from pg_temp.key_meaning m where m.side = 0 and m.key = any ($4::text[])
    union all
    select unnest(k.ids || k.record_id || k.former_id) from assocd.record_key k
    where k.portal_id = $1::bigint and k.object = $2 and k.property = $3 and k.key = any ($4::text[])) as known
where id is not null order by id
