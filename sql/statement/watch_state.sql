-- What there is of a watched table ($1; NULL: a query): its kind, triggers for these columns (on, off), the tables
-- that have the sync's triggers instead, what this role may do, which functions there are. By way of the catalog: a
-- role may lack the right to schema assocd, or to the table's.
with objects as (
    select max(oid) filter (where relname = 'touched') as touched,
        max(pg_has_role(relowner, 'member')::integer) filter (where relname = 'touched') = 1 as owned,
        coalesce(bool_or(relreplident not in ('f', 'i')) filter (where relname = 'touched'), false) and exists (
            select from pg_publication_tables where schemaname = 'assocd' and tablename = 'touched') as anonymous,
        count(*) filter (where relname = 'schema_version') = 1 as state
    from pg_class where relname in ('touched', 'schema_version') and relnamespace = to_regnamespace('assocd')),
relation as (
    select c.oid, c.relkind from parse_ident($1) as name(part), pg_class c join pg_namespace n on n.oid = c.relnamespace
    where cardinality(part) = 2 and n.nspname = part[1] and c.relname = part[2]),
note as (
    select count(*) filter (where t.tgenabled in ('O', 'A')) as active, count(*) filter (where t.tgenabled in ('D', 'R')) as idle
    from relation r join pg_trigger t on t.tgrelid = r.oid join pg_proc f on f.oid = t.tgfoid
    where f.pronamespace = to_regnamespace('assocd') and f.proname ~ '^note_'
        and t.tgargs = (select string_agg(convert_to(word, getdatabaseencoding()) || '\x00'::bytea, ''::bytea order by n)
            from unnest(array[$2, $3, $4, $5] || case when $6::boolean then '{key}'::text[] end) with ordinality as u(word, n)))
select coalesce(r.relkind::text, ''), note.active, note.idle,
    coalesce(has_table_privilege(o.touched, 'select') and has_table_privilege(o.touched, 'delete')
        and has_schema_privilege(to_regnamespace('assocd'), 'usage'), false),
    coalesce(has_table_privilege(r.oid, 'trigger'), false),
    coalesce(o.owned, pg_has_role(s.nspowner, 'member'), has_database_privilege(current_database(), 'create')),
    quote_ident(current_user), o.state, o.touched is not null, s.oid is not null, o.anonymous,
    coalesce((select substring(prosrc from '[0-9]+')::integer from pg_proc
        where proname = 'watch_version' and pronamespace = to_regnamespace('assocd')), 0),
    case when note.active + note.idle = 0 then (
        select string_agg(distinct t.tgrelid::regclass::text, ', ')
        from pg_trigger t join pg_proc f on f.oid = t.tgfoid
        where f.pronamespace = to_regnamespace('assocd') and f.proname ~ '^note_' and t.tgrelid is distinct from r.oid
            and split_part(encode(t.tgargs, 'escape'), '\000', 1) = $2) end
from objects o cross join note left join relation r on true left join pg_namespace s on s.nspname = 'assocd'
