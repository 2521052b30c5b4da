-- The lockable relations named in an EXPLAIN (VERBOSE, FORMAT JSON), quoted for LOCK TABLE, and whether there are others.
select string_agg(distinct pg_catalog.format('%I.%I', n.node ->> 'Schema', n.node ->> 'Relation Name'), ', ')
        filter (where c.relkind in ('r', 'p', 'v')),
    coalesce(bool_or(c.relkind in ('m', 'f')), false)
from jsonb_path_query($1::jsonb, 'lax $.**') as n(node)
join pg_catalog.pg_namespace s on s.nspname = n.node ->> 'Schema'
join pg_catalog.pg_class c on c.relnamespace = s.oid and c.relname = n.node ->> 'Relation Name'
where jsonb_typeof(n.node) = 'object'
