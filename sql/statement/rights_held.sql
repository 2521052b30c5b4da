-- What others than the owner may do with schema assocd, one text each, in the words of GRANT and REVOKE.
select coalesce(array_agg(format('%s on %s from %s', lower(privilege_type), object,
    case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end) order by object, privilege_type, grantee), '{}')
from (
    select 'schema assocd' as object, (aclexplode(nspacl)).* from pg_namespace where nspname = 'assocd'
    union all
    select 'assocd.' || quote_ident(relname), (aclexplode(relacl)).* from pg_class where relnamespace = to_regnamespace('assocd')
    union all
    select format('assocd.%s(%s)', relname, attname), (aclexplode(attacl)).* from pg_attribute
    join pg_class on pg_class.oid = attrelid where relnamespace = to_regnamespace('assocd') and not attisdropped
    union all
    select 'function ' || oid::regprocedure, (aclexplode(coalesce(proacl, acldefault('f', proowner)))).* from pg_proc
    where pronamespace = to_regnamespace('assocd')) as held
where grantee <> grantor
