-- Watched tables, whole. Version 102. This text stands by itself and may be run again: of the migrations it is the
-- one that also goes into a source database that is not the assocd database (assocd init --watch).
--
-- What changes in a watched table is in assocd.touched, committed or rolled back with the change
-- itself. It is not seen: rows written directly into a partition or an inheriting table, while
-- triggers are disabled, by logical replication (session_replication_role = replica), by ALTER
-- TABLE. Full runs by schedule catch that. PostgreSQL refuses PREPARE TRANSACTION after NOTIFY:
-- transactions of that kind cannot write to a watched table.
--
-- Nothing here is for everybody: the triggers need no right of whoever changes a watched table, and who calls
-- assocd.touch needs usage on the schema and execute on the function (role assocd_writer, where it exists).
-- Nothing here runs code of the watched table's owner, whose index expressions, policies and domains PostgreSQL
-- evaluates for whoever plans a query of the table: tables are only looked up in the catalog.
create schema if not exists assocd;

-- Whoever owns the schema or a part of it owns the trigger functions, and what they do in the name of whoever
-- changes a watched table. A superuser is a member of every role, so that says nothing.
do $$
declare
    stranger name;
    super constant boolean := rolsuper from pg_catalog.pg_roles where rolname = current_user;
begin
    select pg_catalog.pg_get_userbyid(owner) into stranger
    from (
        select nspowner as owner from pg_catalog.pg_namespace where nspname = 'assocd'
        union all
        select relowner from pg_catalog.pg_class where relnamespace = 'assocd'::regnamespace
        union all
        select proowner from pg_catalog.pg_proc where pronamespace = 'assocd'::regnamespace) as parts
    where owner <> current_user::regrole and (super or not pg_catalog.pg_has_role(owner, 'usage'))
    limit 1;
    if found then
        raise exception using errcode = 'insufficient_privilege', message = pg_catalog.format(
            'schema assocd, or something in it, belongs to role %I, who could run code in the name of whoever writes '
            'to a watched table; run this as that role (set role %1$I), or drop the schema if nobody knows it', stranger);
    end if;
end
$$;

create table if not exists assocd.touched (
    sync text not null,
    from_id bigint check (from_id > 0),
    txid xid8 not null default pg_catalog.pg_current_xact_id(),
    touched_at timestamptz not null default pg_catalog.clock_timestamp(),
    from_key text
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.1);
alter table assocd.touched add column if not exists from_key text;
-- Not unique: a row that a run has taken already must not swallow the change that comes after it.
create index if not exists touched_by_time on assocd.touched (sync, touched_at);
drop index if exists assocd.touched_by_sync;
comment on table assocd.touched is 'Changes of watched sources that no run has settled yet.';
comment on column assocd.touched.sync is 'Name of the sync.';
comment on column assocd.touched.from_id is 'From-record whose rows changed; NULL, and no from_key: anything may have changed, a full run is needed.';
comment on column assocd.touched.from_key is 'The key of the from-record whose rows changed, as written, where the source names records by keys.';
comment on column assocd.touched.txid is 'The transaction that wrote it: a run deletes exactly what its snapshot saw.';
comment on column assocd.touched.touched_at is 'When the statement ended that changed it.';
alter table assocd.touched replica identity full; -- somebody may publish all tables
delete from assocd.touched where sync = '' or length(sync) > 63;
do $$
begin
    alter table assocd.touched add constraint sync_length check (length(sync) between 1 and 63);
exception when duplicate_object then
    null;
end
$$;

-- The length comes first: a text of hundreds of megabytes is no id, and costs too much to look at.
create or replace function assocd.record_id(p_text text) returns bigint
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select case
        when octet_length(p_text) > 2000 then null
        when ltrim(p_text, '0') ~ '^[1-9][0-9]{0,17}$' then p_text::bigint
        when ltrim(p_text, '0') ~ '^[1-9][0-9]{18}$' and p_text::numeric <= 9223372036854775807 then p_text::bigint
    end
$$;
comment on function assocd.record_id is 'A HubSpot record id written in digits; NULL if it is none.';

-- Who notifies holds a lock of the whole cluster until its commit is on disk: commits that notify come one after
-- the other, and an application that writes from many sessions would write a tenth as much. So a change wakes the
-- daemon only if it finds no other one of the last second waiting; what does not is seen when the run that the
-- other one started has ended, or when the daemon looks, each second. Only the last second is looked at, by the
-- index whatever the statistics say (enable_seqscan), so that this costs the same however many rows wait or have
-- been dealt with.
create or replace function assocd.woken_lately(p_sync text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
    since constant timestamptz := clock_timestamp() - interval '1 second';
begin
    return exists (select from assocd.touched where sync = p_sync and touched_at > since);
end
$$;
comment on function assocd.woken_lately is 'Does a change of the last second wait already? Then the daemon knows, and need not be woken.';

-- In the assocd database the syncs are known (sync_state has a row for each that was ever configured), and
-- another name is a mistake; elsewhere its length is all that can be judged. Whether the text is an id or a key is known
-- to the sync alone. A longer one than any key is neither.
create or replace function assocd.touch(p_sync text, p_from_id text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    known boolean := p_sync is not null and length(p_sync) between 1 and 63;
    woken boolean;
begin
    if known and to_regclass('assocd.sync_state') is not null then
        execute 'select exists (select from assocd.sync_state where sync = $1)' into known using p_sync;
    end if;
    if not known then
        raise exception using errcode = 'invalid_parameter_value',
            message = format('assocd.touch: unknown sync %s', coalesce(quote_literal(left(p_sync, 63)), 'NULL')),
            hint = 'It must be a sync of the configuration; a new one is known once assocd init or the daemon has read it.';
    end if;
    woken := assocd.woken_lately(p_sync);
    insert into assocd.touched (sync, from_id, from_key)
    values (p_sync, assocd.record_id(p_from_id), case when octet_length(p_from_id) <= 2000 then p_from_id end);
    if not woken then
        perform pg_notify('assocd_touched', p_sync);
    end if;
end
$$;
comment on function assocd.touch(text, text) is 'The rows of this from-record have changed, in a source that is a view or a query: its id, or its key where the source names records by keys. NULL, or what is neither: anything may have changed. An unknown sync is an error.';

create or replace function assocd.touch(p_sync text, p_from_id bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select assocd.touch(p_sync, p_from_id::text);
$$;
comment on function assocd.touch(text, bigint) is 'The same for an id, or a key that is a number.';

-- The body of the trigger function of one sync. It is made for the table's columns, because SQL
-- that is put together at run time would cost several times as much at every statement. Rows that a
-- statement leaves as they were in these columns are not recorded. Nothing here may make the
-- application's statement fail: of columns that are gone or have another type only the catalog is
-- asked, and then anything may have changed; and of a value longer than any id or label only that it is
-- long: PostgreSQL cannot work with a gigabyte.
drop function if exists assocd.note_body(text, regclass, text[]);
create or replace function assocd.note_body(p_sync text, p_relation regclass, p_columns text[], p_keyed boolean) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    id text;
    cells text;
    known text;
    found_columns bigint;
    strange text;
begin
    -- A cast of a type that somebody made could run that somebody's code with our rights: of such columns
    -- format() has the type's own output, which can be compared whatever the type.
    select count(*), string_agg(format('(%L, %s)', attname, atttypid), ', '),
        string_agg(format(case when whole then '%1$I'
            when not own then 'case when pg_column_size(%1$I) <= 2000 then format(''%%s'', %1$I) end'
            else 'case when pg_column_size(%1$I) > 2000 then ''long'' else %1$I::text end' end, attname), ', ' order by n),
        -- assocd.record_id, written out: a call for each row would cost several times as much.
        max(format(case when p_keyed then 'case when pg_column_size(%1$I) <= 2000 then %1$I::text end'
            when whole then 'case when %1$I > 0 then %1$I::bigint end'
            else 'case when pg_column_size(%1$I) > 2000 then null when ltrim(%1$I::text, ''0'') ~ ''^[1-9][0-9]{0,17}$'''
                ' then %1$I::text::bigint when ltrim(%1$I::text, ''0'') ~ ''^[1-9][0-9]{18}$'''
                ' and %1$I::text::numeric <= 9223372036854775807 then %1$I::text::bigint end' end, attname)) filter (where n = 1),
        max(format_type(atttypid, atttypmod)) filter (where n = 1 and not own)
    into found_columns, known, cells, id, strange
    from unnest(p_columns) with ordinality as u(name, n)
    join pg_attribute on attrelid = p_relation and attname = name and attnum > 0 and not attisdropped
    join pg_type t on t.oid = atttypid
    left join pg_type b on b.oid = t.typbasetype
    cross join lateral (select atttypid in (20, 21, 23) as whole,
        coalesce(b.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace as own) as kind;
    if found_columns < cardinality(p_columns) then
        raise exception using errcode = 'invalid_parameter_value', message = format('%s has no column %s', p_relation,
            (select string_agg(quote_ident(name), ', ') from unnest(p_columns) as u(name) where not exists (
                select from pg_attribute where attrelid = p_relation and attname = name and not attisdropped)));
    elsif strange is not null then
        raise exception using errcode = 'datatype_mismatch', message = format(
            'column %I of %s has type %s; only a built-in type can be watched', p_columns[1], p_relation, strange);
    end if;
    return format($body$
#variable_conflict use_column
declare
    since constant timestamptz := clock_timestamp() - interval '1 second';
    woken boolean;
    known boolean;
    noted bigint;
begin
    -- One statement, because each costs as much as the next: is the table as it was, and assocd.woken_lately.
    select count(*) = %5$s, exists (select from assocd.touched where sync = %1$L and touched_at > since) into known, woken
    from pg_attribute where attrelid = tg_relid and not attisdropped and (attname, atttypid) in (%4$s);
    if tg_op = 'TRUNCATE' or not known then
        insert into assocd.touched (sync) values (%1$L);
    elsif tg_op = 'INSERT' then
        insert into assocd.touched (sync, %7$I) select distinct %1$L, %2$s from new_rows;
    elsif tg_op = 'DELETE' then
        insert into assocd.touched (sync, %7$I) select distinct %1$L, %2$s from old_rows;
    else
        insert into assocd.touched (sync, %7$I) select distinct %1$L, %2$s from (
            (select %3$s from new_rows except all select %3$s from old_rows)
            union all
            (select %3$s from old_rows except all select %3$s from new_rows)) as changed(%6$s);
    end if;
    get diagnostics noted = row_count;
    if noted > 0 and not woken then
        perform pg_notify('assocd_touched', %1$L);
    end if;
    return null;
end
$body$, p_sync, id, cells, known, found_columns, (select string_agg(quote_ident(name), ', ' order by n)
        from unnest(p_columns) with ordinality as u(name, n)), case when p_keyed then 'from_key' else 'from_id' end);
end
$$;
comment on function assocd.note_body is 'The body of the trigger function that records the changes of a watched table for a sync.';

create or replace view assocd.watched as
select pg_catalog.split_part(pg_catalog.encode(t.tgargs, 'escape'), '\000', 1) as sync,
    t.tgrelid::pg_catalog.regclass as relation, t.tgname as trigger, t.tgenabled in ('O', 'A') as enabled,
    t.tgfoid::pg_catalog.regprocedure as function
from pg_catalog.pg_trigger t
join pg_catalog.pg_proc f on f.oid = t.tgfoid
where f.pronamespace = 'assocd'::pg_catalog.regnamespace and f.proname ~ '^note_';
comment on view assocd.watched is 'The triggers that record changes, one row each.';

-- Dropping the function takes its triggers along, and needs no right to the table.
create or replace function assocd.unwatch(p_sync text) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    note record;
    dropped integer := 0;
begin
    for note in select function, count(*) as triggers from assocd.watched where sync = p_sync group by function loop
        execute format('drop function %s cascade', note.function);
        dropped := dropped + note.triggers;
    end loop;
    delete from assocd.touched where sync = p_sync;
    return dropped;
end
$$;
comment on function assocd.unwatch is 'Drops the triggers of a sync and forgets what waits.';

drop function if exists assocd.watch(text, text, text, text, text);
create or replace function assocd.watch(p_sync text, p_table text, p_from text, p_to text, p_type text default '',
    p_keyed boolean default false) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    relation constant regclass := p_table::regclass;
    name constant text := 'note_'
        || case when length(p_sync) <= 40 then p_sync else left(p_sync, 31) || '_' || left(md5(p_sync), 8) end;
    owner constant text := pg_get_userbyid(relowner) from pg_class where oid = 'assocd.touched'::regclass;
    t record;
begin
    perform assocd.unwatch(p_sync);
    execute format('create or replace function assocd.%I() returns trigger language plpgsql security definer'
        ' set search_path = pg_catalog, pg_temp set enable_seqscan = off as %L', name,
        assocd.note_body(p_sync, relation, array_remove(array[p_from, p_to, p_type], ''), p_keyed));
    -- It runs with its owner's rights, so that the application's roles need none.
    execute format('alter function assocd.%I() owner to %I', name, owner);
    execute format('revoke execute on function assocd.%I() from public', name);
    for t in select * from (values ('insert', 'referencing new table as new_rows'),
            ('update', 'referencing old table as old_rows new table as new_rows'),
            ('delete', 'referencing old table as old_rows'), ('truncate', '')) as v(event, tables) loop
        execute format('create trigger %I after %s on %s %s for each statement execute function assocd.%I(%L, %L, %L, %L%s)',
            'assocd_' || t.event || substr(name, 5), t.event, relation, t.tables, name,
            p_sync, p_from, p_to, p_type, case when p_keyed then ', ''key''' end);
    end loop;
    -- What happened while nobody looked.
    insert into assocd.touched (sync) values (p_sync);
    perform pg_notify('assocd_touched', p_sync);
end
$$;
comment on function assocd.watch is 'Makes a table watched for a sync; its columns of from, to and type (empty text if it has none), and whether that of from holds keys. Repeated, it begins anew.';

-- The number is that of the last file of this kind; whoever adds another one raises it there.
create or replace function assocd.watch_version() returns integer
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as 'select 102';
comment on function assocd.watch_version is 'Which release''s functions for watched tables these are: assocd check says when they are older than assocd. assocd init --watch renews them.';

-- The triggers that are there get the new body. Where a column is gone they stay as they are.
do $$
declare
    note record;
begin
    for note in select distinct on (t.tgfoid) t.tgfoid::regprocedure as name, t.tgrelid as relation, t.part
        from (select tgfoid, tgrelid, string_to_array(encode(tgargs, 'escape'), '\000') as part from pg_catalog.pg_trigger) t
        join pg_catalog.pg_proc f on f.oid = t.tgfoid
        where f.pronamespace = 'assocd'::regnamespace and f.proname ~ '^note_' and cardinality(t.part) in (5, 6)
    loop
        begin
            execute format('create or replace function %s returns trigger language plpgsql security definer'
                ' set search_path = pg_catalog, pg_temp set enable_seqscan = off as %L', note.name,
                assocd.note_body(note.part[1], note.relation, array_remove(note.part[2:4], ''), coalesce(note.part[5] = 'key', false)));
        exception when invalid_parameter_value or datatype_mismatch then
            null;
        end;
    end loop;
end
$$;

do $$
declare
    f record;
begin
    for f in select p.oid::pg_catalog.regprocedure as name from pg_catalog.pg_proc p
        where p.pronamespace = 'assocd'::pg_catalog.regnamespace
    loop
        execute format('revoke execute on function %s from public', f.name);
    end loop;
end
$$;
revoke all on schema assocd from public;
