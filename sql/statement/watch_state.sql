-- What there is of a watched table: its kind, triggers for these columns (on, off), and what this role may do.
select c.relkind, count(*) filter (where t.tgenabled in ('O', 'A')), count(*) filter (where t.tgenabled in ('D', 'R')),
    coalesce(has_table_privilege(to_regclass('assocd.touched'), 'select')
        and has_table_privilege(to_regclass('assocd.touched'), 'delete')
        and has_schema_privilege(to_regnamespace('assocd'), 'usage'), false),
    has_table_privilege(c.oid, 'trigger'),
    coalesce((select pg_has_role(relowner, 'member') from pg_class where oid = to_regclass('assocd.touched')),
        has_database_privilege(current_database(), 'create')),
    quote_ident(current_user), to_regclass('assocd.schema_version') is not null,
    to_regclass('assocd.touched') is not null
from pg_class c
left join pg_trigger t on t.tgrelid = c.oid
    and t.tgfoid in (select oid from pg_proc where pronamespace = to_regnamespace('assocd') and proname ~ '^note_')
    and t.tgargs = (select string_agg(convert_to(word, getdatabaseencoding()) || '\x00'::bytea, ''::bytea order by n)
        from unnest(array[$2, $3, $4, $5]) with ordinality as u(word, n))
where c.oid = to_regclass($1)
group by c.oid, c.relkind
