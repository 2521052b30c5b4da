-- Keys of a side ($1) that are asked for once more: after $2, at most $3.
select key from pg_temp.key_again where side = $1::smallint and key > $2 order by key limit $3::integer
