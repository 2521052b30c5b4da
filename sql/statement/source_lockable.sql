-- Can the relation be locked? Tables and views can; foreign tables and materialised views cannot. And what is it?
select relkind in ('r', 'p', 'v'),
    case relkind when 'v' then 'view ' || md5(pg_catalog.pg_get_viewdef(oid))
        when 'm' then 'materialised view ' || md5(pg_catalog.pg_get_viewdef(oid))
        when 'f' then 'foreign table' else 'table' end
from pg_catalog.pg_class where oid = to_regclass($1)
