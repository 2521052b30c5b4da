-- What there is of a watched table: its kind, triggers for these columns (on, off), what this role
-- may do. By way of the catalog: a role may lack the right to schema assocd.
with objects as (
    select max(oid) filter (where relname = 'touched') as touched,
        max(pg_has_role(relowner, 'member')::integer) filter (where relname = 'touched') = 1 as owned,
        coalesce(bool_or(relreplident not in ('f', 'i')) filter (where relname = 'touched'), false) and exists (
            select from pg_publication_tables where schemaname = 'assocd' and tablename = 'touched') as anonymous,
        count(*) filter (where relname = 'schema_version') = 1 as state
    from pg_class where relnamespace = to_regnamespace('assocd'))
select c.relkind, count(*) filter (where t.tgenabled in ('O', 'A')), count(*) filter (where t.tgenabled in ('D', 'R')),
    coalesce(has_table_privilege(o.touched, 'select') and has_table_privilege(o.touched, 'delete')
        and has_schema_privilege(to_regnamespace('assocd'), 'usage'), false),
    has_table_privilege(c.oid, 'trigger'), coalesce(o.owned, pg_has_role(s.nspowner, 'member'), has_database_privilege(current_database(), 'create')),
    quote_ident(current_user), o.state, o.touched is not null, s.oid is not null, o.anonymous
from objects o cross join pg_class c
left join pg_namespace s on s.nspname = 'assocd'
left join pg_trigger t on t.tgrelid = c.oid
    and t.tgfoid in (select oid from pg_proc where pronamespace = to_regnamespace('assocd') and proname ~ '^note_')
    and t.tgargs = (select string_agg(convert_to(word, getdatabaseencoding()) || '\x00'::bytea, ''::bytea order by n)
        from unnest(array[$2, $3, $4, $5]) with ordinality as u(word, n))
where c.oid = to_regclass($1)
group by c.oid, c.relkind, o.touched, o.owned, o.state, o.anonymous, s.oid, s.nspowner
