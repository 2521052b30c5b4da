-- Keys of a side ($1) of which it is not known, or no longer ($5: for how long, in milliseconds; $6: now), what they
-- mean: after $7, at most $8.
select n.key
from pg_temp.key_name n
    left join assocd.record_key k on k.portal_id = $2::bigint and k.object = $3 and k.property = $4 and k.key = n.key
where n.side = $1::smallint and n.key > $7 and
\ir ../part/key_is_due.sql
order by n.key limit $8::integer
