-- Which of two columns of a table can hold no NULL. Not for sure where a table inherits, or lies on another server.
select coalesce(bool_or(a.attname = $2 and a.attnotnull), false), coalesce(bool_or(a.attname = $3 and a.attnotnull), false)
from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.oid = pg_catalog.to_regclass($1) and c.relkind in ('r', 'p')
    and (c.relkind = 'p' or not c.relhassubclass)
