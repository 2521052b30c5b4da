-- Watched tables. Version 4. This text stands by itself and may be run again: it also goes into a
-- source database that is not the assocd database (assocd init --watch).
--
-- What changes in a watched table is in assocd.touched, committed or rolled back with the change
-- itself. It is not seen: rows written directly into a partition or an inheriting table, while
-- triggers are disabled, by logical replication (session_replication_role = replica), by ALTER
-- TABLE. Full runs by schedule catch that. PostgreSQL refuses PREPARE TRANSACTION after NOTIFY:
-- transactions of that kind cannot write to a watched table.
create schema if not exists assocd;

create table if not exists assocd.touched (
    sync text not null,
    from_id bigint check (from_id > 0),
    txid xid8 not null default pg_catalog.pg_current_xact_id(),
    touched_at timestamptz not null default pg_catalog.clock_timestamp()
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.1);
-- Not unique: a row that a run has taken already must not swallow the change that comes after it.
create index if not exists touched_by_sync on assocd.touched (sync, from_id);
comment on table assocd.touched is 'Changes of watched sources that no run has settled yet.';
comment on column assocd.touched.sync is 'Name of the sync.';
comment on column assocd.touched.from_id is 'From-record whose rows changed; NULL: anything may have changed, a full run is needed.';
comment on column assocd.touched.txid is 'The transaction that wrote it: a run deletes exactly what its snapshot saw.';
comment on column assocd.touched.touched_at is 'When the statement ended that changed it.';

create or replace function assocd.record_id(p_text text) returns bigint
language sql immutable parallel safe as $$
    select case
        when ltrim(p_text, '0') ~ '^[1-9][0-9]{0,17}$' then p_text::bigint
        when ltrim(p_text, '0') ~ '^[1-9][0-9]{18}$' and p_text::numeric <= 9223372036854775807 then p_text::bigint
    end
$$;
comment on function assocd.record_id is 'A HubSpot record id written in digits; NULL if it is none.';

create or replace function assocd.touch(p_sync text, p_from_id bigint) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into assocd.touched (sync, from_id) values (p_sync, case when p_from_id > 0 then p_from_id end);
    select pg_notify('assocd_touched', p_sync);
$$;
comment on function assocd.touch(text, bigint) is 'The rows of this from-record have changed, in a source that is a view or a query. NULL: anything may have changed.';

create or replace function assocd.touch(p_sync text, p_from_id text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select assocd.touch(p_sync, assocd.record_id(p_from_id));
$$;
comment on function assocd.touch(text, text) is 'The same for ids kept as text; what is no id: anything may have changed.';

-- The body of the trigger function of one sync. It is made for the table's columns, because SQL
-- that is put together at run time would cost several times as much at every statement. Rows that a
-- statement leaves as they were in these columns are not recorded. Nothing here may make the
-- application's statement fail: of columns that are gone or have another type only the catalog is
-- asked, and then anything may have changed.
create or replace function assocd.note_body(p_sync text, p_relation regclass, p_columns text[]) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    id text;
    cells text;
    known text;
    found_columns bigint;
    strange text;
begin
    -- A cast of a type that somebody made could run that somebody's code with our rights: such
    -- columns are compared as they are.
    select count(*), string_agg(format('(%L, %s)', attname, atttypid), ', '),
        string_agg(format(case when whole or not own then '%I' else '%I::text' end, attname), ', ' order by n),
        max(format(case when whole then 'case when %1$I > 0 then %1$I::bigint end'
            else 'assocd.record_id(%1$I::text)' end, attname)) filter (where n = 1),
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
    -- Fails here, not in the application, if a type cannot be compared.
    execute format('select %1$s from %2$s where false except all select %1$s from %2$s where false', cells, p_relation);
    return format($body$
#variable_conflict use_column
declare
    noted bigint;
begin
    if tg_op = 'TRUNCATE' or (select count(*) from pg_attribute where attrelid = tg_relid and not attisdropped
            and (attname, atttypid) in (%4$s)) < %5$s then
        insert into assocd.touched (sync) values (%1$L);
    elsif tg_op = 'INSERT' then
        insert into assocd.touched (sync, from_id) select distinct %1$L, %2$s from new_rows;
    elsif tg_op = 'DELETE' then
        insert into assocd.touched (sync, from_id) select distinct %1$L, %2$s from old_rows;
    else
        insert into assocd.touched (sync, from_id) select distinct %1$L, %2$s from (
            (select %3$s from new_rows except all select %3$s from old_rows)
            union all
            (select %3$s from old_rows except all select %3$s from new_rows)) as changed(%6$s);
    end if;
    get diagnostics noted = row_count;
    if noted > 0 then
        perform pg_notify('assocd_touched', %1$L);
    end if;
    return null;
end
$body$, p_sync, id, cells, known, found_columns, (select string_agg(quote_ident(name), ', ' order by n)
        from unnest(p_columns) with ordinality as u(name, n)));
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

create or replace function assocd.watch(p_sync text, p_table text, p_from text, p_to text, p_type text default '') returns void
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
        ' set search_path = pg_catalog, pg_temp as %L', name,
        assocd.note_body(p_sync, relation, array_remove(array[p_from, p_to, p_type], '')));
    -- It runs with its owner's rights, so that the application's roles need none.
    execute format('alter function assocd.%I() owner to %I', name, owner);
    for t in select * from (values ('insert', 'referencing new table as new_rows'),
            ('update', 'referencing old table as old_rows new table as new_rows'),
            ('delete', 'referencing old table as old_rows'), ('truncate', '')) as v(event, tables) loop
        execute format('create trigger %I after %s on %s %s for each statement execute function assocd.%I(%L, %L, %L, %L)',
            'assocd_' || t.event || substr(name, 5), t.event, relation, t.tables, name,
            p_sync, p_from, p_to, p_type);
    end loop;
    -- What happened while nobody looked.
    perform assocd.touch(p_sync, null::bigint);
end
$$;
comment on function assocd.watch is 'Makes a table watched for a sync; its columns of from_id, to_id and type (empty text if it has none). Repeated, it begins anew.';
