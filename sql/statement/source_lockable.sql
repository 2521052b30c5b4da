-- Can the relation be locked? Tables and views can; foreign tables and materialised views cannot.
select relkind in ('r', 'p', 'v') from pg_catalog.pg_class where oid = to_regclass($1)
