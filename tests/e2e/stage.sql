-- What the tests keep beside the assocd schema: every wish there ever was, the sandbox's log as
-- tables, a trigger that lets no change move in an order that is not allowed.
create schema e2e;
create schema crm;

-- The source: numbers, and the same as text for what a number cannot be.
create table crm.link (from_id bigint, to_id bigint, type text);
create table crm.link_text (from_id text, to_id text, type text);

-- Who was desired when.
create table e2e.wanted (from_id text, to_id text, type text, since timestamptz not null default clock_timestamp(),
    until timestamptz not null default 'infinity');

create table e2e.request (seq bigint primary key, at timestamptz, method text, path text, call text, status integer,
    inputs integer, fault text, applied jsonb);
create view e2e.writing as select * from e2e.request where path ~ '/(create|archive)([?]|$)';
create table e2e.applied (seq bigint, at timestamptz, sign text, from_type text, from_id bigint, to_type text,
    to_id bigint, category text, type_id bigint);

-- What assocd managed in the case: the settings the invariants need.
create table e2e.setting (key text primary key, value text);
create table e2e.managed_type (category text, type_id bigint);

create function e2e.load_log(p_lines text) returns void language plpgsql as $$
begin
    delete from e2e.request;
    delete from e2e.applied;
    insert into e2e.request
    select (l ->> 'seq')::bigint, (l ->> 'at')::timestamptz, l ->> 'method', l ->> 'path', l ->> 'call',
        (l ->> 'status')::integer, (l ->> 'inputs')::integer, l ->> 'fault', l -> 'applied'
    from (select line::jsonb as l from regexp_split_to_table(p_lines, E'\n') line where line <> '') lines;
    insert into e2e.applied
    select seq, at, a ->> 0, a ->> 1, (a ->> 2)::bigint, a ->> 3, (a ->> 4)::bigint, a ->> 5, (a ->> 6)::bigint
    from e2e.request, jsonb_array_elements(applied) a;
    -- HubSpot's own doing: the new primary or parent company takes the place of the old one.
    delete from e2e.applied a using e2e.applied b
    where a.sign = '-' and b.sign = '+' and a.to_id <> b.to_id
        and (a.seq, a.from_type, a.from_id, a.category, a.type_id) = (b.seq, b.from_type, b.from_id, b.category, b.type_id);
    -- The same as the child sees it, which gets another parent (13: parent to child, 14: child to parent).
    delete from e2e.applied a using e2e.applied b
    where a.sign = '-' and b.sign = '+' and a.to_id <> b.from_id and (a.type_id, b.type_id) = (14, 13)
        and (a.seq, a.from_type, a.from_id, a.category) = (b.seq, b.to_type, b.to_id, b.category);
end
$$;

-- Another desired set: the source holds it, the history knows until when the last one was.
create function e2e.want(p_from text[], p_to text[], p_type text[]) returns void language plpgsql as $$
begin
    update e2e.wanted set until = clock_timestamp() where until = 'infinity';
    delete from crm.link;
    delete from crm.link_text;
    insert into crm.link_text select * from unnest(p_from, p_to, p_type);
    insert into crm.link select from_id::bigint, to_id::bigint, type from crm.link_text
    where coalesce(from_id, '0') ~ '^[0-9]{1,18}$' and coalesce(to_id, '0') ~ '^[0-9]{1,18}$';
    insert into e2e.wanted (from_id, to_id, type) select * from crm.link_text;
end
$$;

-- One row more, one row less.
create function e2e.put(p_from bigint, p_to bigint) returns void language sql as $$
    insert into e2e.wanted (from_id, to_id) values (p_from, p_to);
    insert into crm.link values (p_from, p_to);
    insert into crm.link_text values (p_from, p_to);
$$;
create function e2e.take(p_from bigint, p_to bigint) returns void language sql as $$
    update e2e.wanted set until = clock_timestamp()
    where until = 'infinity' and (from_id, to_id) = (p_from::text, p_to::text);
    delete from crm.link where (from_id, to_id) = (p_from, p_to);
    delete from crm.link_text where (from_id, to_id) = (p_from::text, p_to::text);
$$;

-- Small tables are emptied faster by DELETE than by TRUNCATE.
create function e2e.reset() returns void language plpgsql as $$
declare
    name text;
    big boolean;
begin
    perform assocd.unwatch('links');
    for name in select c.oid::regclass::text from pg_class c where c.relkind = 'r' and c.relname <> 'schema_version'
        and c.relnamespace in ('assocd'::regnamespace, 'e2e'::regnamespace, 'crm'::regnamespace)
        order by c.relname = 'run', c.relname = 'portal' loop
        execute format('select exists (select from %s offset 2000)', name) into big;
        execute case when big then 'truncate ' || name || ' cascade' else 'delete from ' || name end;
    end loop;
    perform setval(pg_get_serial_sequence('assocd.run', 'run_id'), 1, false);
end
$$;

-- sql/README.md, States and legal moves: the order of a change's states is a law of the journal.
create function e2e.illegal_move() returns trigger language plpgsql as $$
declare
    words constant text[] := assocd.change_states();
    wrong record;
begin
    select place, was, becomes into wrong from (
        select place, words[get_byte(old.states, place)] as was, words[get_byte(new.states, place)] as becomes
        from generate_series(0, 999) as place) moved
    where was <> becomes and not assocd.is_legal_move(was, becomes)
        -- What check_move lets a run that plans do, and a batch with what it has carried along.
        and (was, becomes) not in (('reported', 'skipped'), ('blocked', 'skipped'), ('blocked', 'planned'), ('planned', 'unknown')) limit 1;
    if found then
        raise exception 'illegal move of change %/%/%: % -> %', old.run_id, old.operation, old.chunk * 1000 + wrong.place, wrong.was,
            wrong.becomes;
    end if;
    return new;
end
$$;
create trigger legal_moves before update of states on assocd.plan_state for each row execute function e2e.illegal_move();
