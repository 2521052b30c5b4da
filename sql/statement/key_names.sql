-- The keys of the rows, each once.
insert into pg_temp.key_name (side, key)
select 0, from_key from pg_temp.key_row where from_key is not null group by from_key
union all
select 1, to_key from pg_temp.key_row where to_key is not null group by to_key
