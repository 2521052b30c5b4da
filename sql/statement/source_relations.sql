-- The relations named in an EXPLAIN (VERBOSE, FORMAT JSON), and whether each can be locked.
select distinct s.nspname, c.relname, c.relkind in ('r', 'p', 'v')
from pg_catalog.jsonb_path_query($1::jsonb, 'lax $.**') as n(node)
join pg_catalog.pg_namespace s on s.nspname = n.node ->> 'Schema'
join pg_catalog.pg_class c on c.relnamespace = s.oid and c.relname = n.node ->> 'Relation Name'
where pg_catalog.jsonb_typeof(n.node) = 'object' and c.relkind in ('r', 'p', 'v', 'm', 'f')
order by 1, 2
