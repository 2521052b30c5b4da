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

-- Statement trigger: TG_ARGV is sync, from_id column, to_id column, type column ('' if none). Rows
-- that a statement leaves as they were in these columns are not recorded. Columns that are gone
-- must not make the application's statement fail: then anything may have changed.
create or replace function assocd.note_touched() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    columns constant text[] := array_remove(tg_argv[1:3], '');
    cells text;
    changed text;
    noted bigint;
begin
    if tg_op = 'TRUNCATE' or (select count(*) from pg_attribute
            where attrelid = tg_relid and attname = any (columns) and not attisdropped) < cardinality(columns) then
        insert into assocd.touched (sync) values (tg_argv[0]);
        perform pg_notify('assocd_touched', tg_argv[0]);
        return null;
    end if;
    select string_agg(format('%I::text', name), ', ' order by n) into cells
    from unnest(columns) with ordinality as u(name, n);
    changed := case tg_op
        when 'INSERT' then format('select %I::text from new_rows', tg_argv[1])
        when 'DELETE' then format('select %I::text from old_rows', tg_argv[1])
        else format('(select %1$s from new_rows except all select %1$s from old_rows)'
            ' union all (select %1$s from old_rows except all select %1$s from new_rows)', cells) end;
    execute format('insert into assocd.touched (sync, from_id)'
        ' select distinct $1, assocd.record_id(id) from (%s) as changed(id)', changed) using tg_argv[0];
    get diagnostics noted = row_count;
    if noted > 0 then
        perform pg_notify('assocd_touched', tg_argv[0]);
    end if;
    return null;
end
$$;
comment on function assocd.note_touched is 'Trigger of watched tables: records the from-records whose rows changed. Runs with its owner''s rights, so that the application''s roles need none.';

create or replace view assocd.watched as
select t.tgrelid::pg_catalog.regclass as relation,
    pg_catalog.split_part(pg_catalog.encode(t.tgargs, 'escape'), '\000', 1) as sync, t.tgname as trigger,
    t.tgenabled in ('O', 'A') as enabled
from pg_catalog.pg_trigger t
where t.tgfoid = pg_catalog.to_regprocedure('assocd.note_touched()');
comment on view assocd.watched is 'The triggers that record changes, one row each.';

create or replace function assocd.unwatch(p_sync text) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    t record;
    dropped integer := 0;
begin
    for t in select relation, trigger from assocd.watched where sync = p_sync loop
        execute format('drop trigger %I on %s', t.trigger, t.relation);
        dropped := dropped + 1;
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
    name constant text := case when length(p_sync) <= 40 then p_sync else left(p_sync, 31) || '_' || left(md5(p_sync), 8) end;
    old_rows constant text := 'old table as old_rows';
    new_rows constant text := 'new table as new_rows';
    t record;
begin
    perform assocd.unwatch(p_sync);
    for t in select * from (values ('insert', 'referencing ' || new_rows), ('delete', 'referencing ' || old_rows),
            ('update', 'referencing ' || old_rows || ' ' || new_rows), ('truncate', '')) as v(event, tables) loop
        execute format('create trigger %I after %s on %s %s for each statement execute function assocd.note_touched(%L, %L, %L, %L)',
            'assocd_' || t.event || '_' || name, t.event, relation, t.tables, p_sync, p_from, p_to, p_type);
    end loop;
    -- What happened while nobody looked.
    perform assocd.touch(p_sync, null::bigint);
end
$$;
comment on function assocd.watch is 'Makes a table watched for a sync; its columns of from_id, to_id and type ('''' if it has none). Repeated, it begins anew.';
