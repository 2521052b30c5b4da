-- What was planned is written once and never rewritten; what became of it is a byte for each change, a thousand of them
-- in a row that moves with their batch; only exceptions have rows of their own. Version 95.
--
-- Rows of before stay as they are, in the same table: what stands in them is what they were when this came, so that
-- nothing is rewritten here, however large the journal. The view assocd.change shows both alike.

alter table assocd.change rename to plan_row;
alter index assocd.change_pkey rename to plan_row_pkey;
alter index assocd.change_by_record rename to plan_row_by_record;
alter index assocd.change_by_pair rename to plan_row_by_pair;
alter index assocd.change_drift rename to plan_row_drift;
alter index assocd.change_merged rename to plan_row_merged;
alter table assocd.plan_row reset (fillfactor);
-- Checked once a statement (refuse_ended), not once a row.
alter table assocd.plan_row drop constraint change_run_id_fkey;
drop trigger legal_move on assocd.plan_row;
drop trigger no_rewrite on assocd.plan_row;
drop trigger ended_stays on assocd.plan_row;
drop trigger note_doubt on assocd.plan_row;
drop function assocd.note_doubt();
drop function assocd.keep_ended_change();
drop trigger ended_stays_as_it_is on assocd.plan_row;
drop function assocd.refuse_change_move();
comment on table assocd.plan_row is 'The plan: one row for each association to create or archive, written once. What became of it: the view assocd.change.';
comment on column assocd.plan_row.run_id is 'The run (plan) it belongs to.';
comment on column assocd.plan_row.state is 'The state that it was planned with: planned, blocked, reported, skipped or implied; a row of before version 95: what it was then.';
comment on column assocd.plan_row.batch_id is 'Before version 95: the batch that carried it last. Since then: see batch_part.';
comment on column assocd.plan_row.message is 'Why it was planned as blocked, reported or skipped. What was said later: see plan_note.';
comment on column assocd.plan_row.origin is 'What the owned set said of it when it was planned (undo); before version 95 also when it was archived. Since then: see plan_state.';
comment on column assocd.plan_row.came is 'Before version 95: see plan_note.came.';
comment on column assocd.plan_row.merged_from is 'Before version 95: see plan_note.merged_from.';

-- Where change states and what the owned set said have their numbers from: their place here.
create function assocd.change_states() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select array['planned', 'withheld', 'blocked', 'reported', 'skipped', 'abandoned', 'sent', 'applied', 'rejected',
        'unknown', 'verified', 'unverified', 'implied']
$$;
comment on function assocd.change_states is 'The states of a change, in the order of their numbers from 1 in plan_state.states.';

create function assocd.change_origins() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select array['created', 'adopted', 'foreign']
$$;
comment on function assocd.change_origins is 'What the owned set may say of a change, in the order of their numbers from 1 in plan_state.origins.';

create table assocd.plan_state (
    run_id bigint not null,
    operation text not null check (operation in ('create', 'archive')),
    chunk bigint not null check (chunk >= 0),
    states bytea not null default decode(repeat('00', 1000), 'hex') check (length(states) = 1000),
    origins bytea check (length(origins) = 1000),
    primary key (run_id, operation, chunk)
) with (fillfactor = 50);
-- One byte is read at a time: never compressed, never elsewhere.
alter table assocd.plan_state alter column states set storage plain, alter column origins set storage plain;
comment on table assocd.plan_state is 'What became of a thousand changes: one byte each. No row: they are as they were planned.';
comment on column assocd.plan_state.run_id is 'The run (plan) that they belong to.';
comment on column assocd.plan_state.operation is 'create or archive.';
comment on column assocd.plan_state.chunk is 'Which thousand: plan_row.ordinal / 1000.';
comment on column assocd.plan_state.states is 'The state of each, at ordinal % 1000: its number in assocd.change_states(); 0: as it was planned.';
comment on column assocd.plan_state.origins is 'What the owned set said of each when it was archived: its number in assocd.change_origins(); 0: as it was planned.';

create table assocd.plan_note (
    run_id bigint not null,
    operation text not null,
    ordinal bigint not null,
    message text,
    came text[],
    merged_from bigint,
    primary key (run_id, operation, ordinal)
);
comment on table assocd.plan_note is 'What there is to say of a change that most have not: why it was left out or refused, what came with it.';
comment on column assocd.plan_note.run_id is 'The run (plan) that the change belongs to.';
comment on column assocd.plan_note.operation is 'create or archive.';
comment on column assocd.plan_note.ordinal is 'Its position in the plan.';
comment on column assocd.plan_note.message is 'Why it was rejected, skipped or blocked; in place of plan_row.message, even if NULL.';
comment on column assocd.plan_note.came is 'create of a link, seen in HubSpot: types (CATEGORY:id) that a to-record can have only once and that were on the link then, without being asked for. NULL: not looked at.';
comment on column assocd.plan_note.merged_from is 'archive, skipped: the record that had this link before HubSpot merged it into one of these two. Later runs keep the link for it, until it is removed in HubSpot, or named by the source and dropped again.';
create index plan_note_merged on assocd.plan_note (run_id) where merged_from is not null;

create table assocd.batch_part (
    run_id bigint not null,
    operation text not null,
    chunk bigint not null,
    first_ordinal bigint not null,
    last_ordinal bigint not null,
    batch_id bigint not null,
    primary key (run_id, operation, chunk, batch_id, first_ordinal),
    check (chunk = first_ordinal / 1000 and chunk = last_ordinal / 1000 and first_ordinal <= last_ordinal)
);
create index batch_part_by_batch on assocd.batch_part (batch_id);
comment on table assocd.batch_part is 'Which changes a writing batch carries: ranges of their ordinals. The batch that carried a change last is the one with the highest number.';
comment on column assocd.batch_part.run_id is 'The run that batch and changes belong to.';
comment on column assocd.batch_part.operation is 'create or archive.';
comment on column assocd.batch_part.chunk is 'Which thousand (plan_state.chunk); a range is cut where one ends.';
comment on column assocd.batch_part.first_ordinal is 'The first change of the range.';
comment on column assocd.batch_part.last_ordinal is 'The last one.';
comment on column assocd.batch_part.batch_id is 'The batch; also one that only carries them along, because the same link is created from its other record.';

-- Looked up row by row: a run is newer than the statistics of the tables, and a join would be planned for one row.
create view assocd.change as
select p.run_id, p.operation, p.ordinal, p.from_id, p.to_id, p.category, p.type_id, p.reason,
    coalesce((array['planned', 'withheld', 'blocked', 'reported', 'skipped', 'abandoned', 'sent', 'applied', 'rejected',
        'unknown', 'verified', 'unverified', 'implied'])[get_byte((select s.states from assocd.plan_state s
            where s.run_id = p.run_id and s.operation = p.operation and s.chunk = p.ordinal / 1000),
        (p.ordinal % 1000)::integer)], p.state) as state,
    p.along,
    coalesce((select max(b.batch_id) from assocd.batch_part b
        where b.run_id = p.run_id and b.operation = p.operation and b.chunk = p.ordinal / 1000
            and p.ordinal between b.first_ordinal and b.last_ordinal), p.batch_id) as batch_id,
    case when exists (select from assocd.plan_note n where n.run_id = p.run_id and n.operation = p.operation and n.ordinal = p.ordinal)
        then (select n.message from assocd.plan_note n where n.run_id = p.run_id and n.operation = p.operation and n.ordinal = p.ordinal)
        else p.message end as message,
    coalesce((array['created', 'adopted', 'foreign'])[get_byte((select s.origins from assocd.plan_state s
            where s.run_id = p.run_id and s.operation = p.operation and s.chunk = p.ordinal / 1000),
        (p.ordinal % 1000)::integer)], p.origin) as origin,
    p.implied, p.moved_to,
    coalesce((select n.came from assocd.plan_note n
        where n.run_id = p.run_id and n.operation = p.operation and n.ordinal = p.ordinal), p.came) as came,
    coalesce((select n.merged_from from assocd.plan_note n
        where n.run_id = p.run_id and n.operation = p.operation and n.ordinal = p.ordinal), p.merged_from) as merged_from
from assocd.plan_row p;
comment on view assocd.change is 'The plan and what became of it: one row for each association to create or archive.';
comment on column assocd.change.run_id is 'The run (plan) it belongs to.';
comment on column assocd.change.operation is 'create or archive.';
comment on column assocd.change.ordinal is 'Position in the plan, from 1, for each operation.';
comment on column assocd.change.from_id is 'From-record.';
comment on column assocd.change.to_id is 'To-record.';
comment on column assocd.change.category is 'Category of the association type.';
comment on column assocd.change.type_id is 'Type id, in the direction from -> to.';
comment on column assocd.change.reason is 'source_added, source_removed: the table changed; drift_added, drift_removed: HubSpot was changed by somebody else; undo; moved: what a create takes away from another record; companion: what goes back by itself with an undo.';
comment on column assocd.change.state is 'planned -> sent -> applied -> verified or unverified; sent -> rejected (HubSpot refused it) or unknown (no answer; settled by reading back). Never sent: withheld (by a guard), blocked (by an unmanaged label), reported, skipped, abandoned, implied.';
comment on column assocd.change.along is 'create: types (CATEGORY:id) that are on the pair already and are sent along, because a create may replace what it does not name.';
comment on column assocd.change.batch_id is 'The batch that it was sent with; planned: the last one that has carried it along, because the same link was created from its other record.';
comment on column assocd.change.message is 'Why it was rejected, skipped or blocked.';
comment on column assocd.change.origin is 'What the owned set said of it: created, adopted, or foreign.';
comment on column assocd.change.implied is 'Types (CATEGORY:id) that HubSpot sets or removes by itself with it.';
comment on column assocd.change.moved_to is 'reason moved: the from-record whose create takes the type away, where it is the to-record that can have it only once.';
comment on column assocd.change.came is 'create of a link, seen in HubSpot: types that were on the link then without being asked for. NULL: not looked at.';
comment on column assocd.change.merged_from is 'archive, skipped: the record that had this link before HubSpot merged it into one of these two.';

-- Views of people: the same columns as before.
create or replace view assocd.pair as
select r.sync, c.from_id, c.to_id, coalesce(t.name, t.label, c.category || ':' || c.type_id) as type, c.operation,
    c.reason, c.state, c.run_id, c.batch_id, b.api_completed_at, b.correlation_id, c.message, c.merged_from
from assocd.change c join assocd.run r using (run_id) left join assocd.batch b using (batch_id)
left join lateral (
    select name, label from assocd.association_type t
    where t.portal = r.portal and t.category = c.category and t.type_id = c.type_id limit 1) t on true;

-- Rows are added to runs that work, and never changed.
create or replace function assocd.refuse_ended() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    runs constant bigint[] := array(select distinct run_id from added);
    wrong bigint;
begin
    select a.run_id into wrong from unnest(runs) as a(run_id)
    where not exists (select from assocd.run r where r.run_id = a.run_id) limit 1;
    if found then
        raise exception using errcode = 'foreign_key_violation',
            message = format('assocd.%I: there is no run %s', tg_table_name, wrong);
    end if;
    if assocd.is_owner() then
        return null;
    end if;
    perform from assocd.run where run_id = any (runs) for share;
    select run_id into wrong from assocd.run where run_id = any (runs) and completed_at is not null limit 1;
    if found then
        raise exception using errcode = 'check_violation',
            message = format('assocd.%I: run %s has ended; nothing is added to what was journaled', tg_table_name, wrong);
    end if;
    return null;
end
$$;
create trigger ended_stays_as_it_is after insert on assocd.plan_row referencing new table as added
    for each statement execute function assocd.refuse_ended();
create trigger ended_stays_as_it_is after insert on assocd.batch_part referencing new table as added
    for each statement execute function assocd.refuse_ended();
create trigger no_rewrite before update on assocd.plan_row for each row execute function assocd.refuse_rewrite();
create trigger no_rewrite before update on assocd.batch_part for each row execute function assocd.refuse_rewrite();

-- A run that goes takes its plan with it.
create function assocd.forget_plan() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'TRUNCATE' then
        truncate assocd.plan_row, assocd.plan_state, assocd.plan_note, assocd.batch_part;
        return null;
    end if;
    delete from assocd.plan_row where run_id = old.run_id;
    delete from assocd.plan_state where run_id = old.run_id;
    delete from assocd.plan_note where run_id = old.run_id;
    delete from assocd.batch_part where run_id = old.run_id;
    return null;
end
$$;
comment on function assocd.forget_plan is 'Trigger: with a run goes what it planned, and what became of it.';
create trigger forget_plan after delete on assocd.run for each row execute function assocd.forget_plan();
create trigger forget_plans after truncate on assocd.run for each statement execute function assocd.forget_plan();

-- The moves of a change that are legal, whatever its run does.
create function assocd.is_legal_move(p_was text, p_becomes text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select (p_was, p_becomes) in (
        ('planned', 'sent'), ('planned', 'withheld'), ('planned', 'skipped'), ('planned', 'abandoned'),
        ('withheld', 'skipped'), ('sent', 'applied'), ('sent', 'rejected'), ('sent', 'unknown'), ('sent', 'abandoned'),
        ('applied', 'verified'), ('applied', 'unverified'), ('unknown', 'verified'), ('unknown', 'unverified'),
        ('unverified', 'verified'))
$$;
comment on function assocd.is_legal_move is 'Is this move of a change legal? While a run plans, there are more: see check_move.';

create function assocd.note_doubts(p_run_id bigint, p_operation text, p_ordinals bigint[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    insert into assocd.doubt (sync, from_id, to_id)
    select distinct r.sync, p.from_id, p.to_id
    from assocd.run r cross join unnest(p_ordinals) as o(ordinal)
        join assocd.plan_row p on p.run_id = r.run_id and p.operation = p_operation and p.ordinal = o.ordinal
    where r.run_id = p_run_id
    on conflict (sync, from_id, to_id) do update set until = excluded.until
$$;
comment on function assocd.note_doubts is 'Enters the pairs of changes that may still be carried out.';

create function assocd.check_move(p_run_id bigint, p_operation text, p_ordinals bigint[], p_was text, p_becomes text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    wrong bigint;
begin
    if assocd.is_legal_move(p_was, p_becomes) then
        wrong := null;
    elsif (p_was, p_becomes) in (('reported', 'skipped'), ('blocked', 'skipped'), ('blocked', 'planned'))
        and exists (select from assocd.run where run_id = p_run_id and status = 'planning') then
        wrong := null;
    elsif (p_was, p_becomes) = ('planned', 'unknown') then
        -- A batch has carried it along.
        select min(c.ordinal) into wrong from assocd.change c
        where c.run_id = p_run_id and c.operation = p_operation and c.ordinal = any (p_ordinals) and c.batch_id is null;
    else
        wrong := p_ordinals[1];
    end if;
    if wrong is not null then
        raise exception using errcode = 'check_violation', message = format(
            'assocd.change: %s %s of run %s cannot go from %s to %s', p_operation, wrong, p_run_id, p_was, p_becomes);
    end if;
    if p_becomes = 'unknown' and p_operation = 'create' then
        perform assocd.note_doubts(p_run_id, p_operation, p_ordinals);
    end if;
end
$$;
comment on function assocd.check_move is 'Refuses moves of changes that the journal does not know, or knows only while the run plans; enters the pairs of creates whose answer did not come, whoever says so.';

-- The states that a thousand changes were planned with.
create function assocd.planned_states(p_run_id bigint, p_operation text, p_chunk bigint) returns bytea
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
    states bytea := decode(repeat('00', 1000), 'hex');
    code text;
    part record;
    place bigint;
begin
    for part in select p.state, min(p.ordinal) as first, max(p.ordinal) as last, count(*) as count from assocd.plan_row p
        where p.run_id = p_run_id and p.operation = p_operation and p.ordinal >= p_chunk * 1000 and p.ordinal < (p_chunk + 1) * 1000
        group by p.state
    loop
        code := lpad(to_hex(array_position(assocd.change_states(), part.state)), 2, '0');
        if part.count = part.last - part.first + 1 then
            states := overlay(states placing decode(repeat(code, part.count::integer), 'hex')
                from (part.first % 1000)::integer + 1 for part.count::integer);
            continue;
        end if;
        for place in select p.ordinal from assocd.plan_row p
            where p.run_id = p_run_id and p.operation = p_operation and p.ordinal between part.first and part.last and p.state = part.state
        loop
            states := set_byte(states, (place % 1000)::integer, array_position(assocd.change_states(), part.state));
        end loop;
    end loop;
    return states;
end
$$;
comment on function assocd.planned_states is 'The states that a thousand changes were planned with, as in plan_state.states.';

create function assocd.check_states() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    words constant text[] := assocd.change_states();
    planned bytea;
    before bytea;
    moved record;
begin
    if tg_op = 'INSERT' then
        new.states := assocd.planned_states(new.run_id, new.operation, new.chunk);
        new.origins := null;
        return new;
    end if;
    if (new.run_id, new.operation, new.chunk) is distinct from (old.run_id, old.operation, old.chunk) then
        raise exception using errcode = 'check_violation', message = 'assocd.plan_state: what was journaled is not rewritten';
    end if;
    before := old.states;
    if new.states <> before then
        if position('\x00'::bytea in before || new.states) > 0 then
            -- What was added to the plan since; it may have no states but those that it has.
            planned := assocd.planned_states(new.run_id, new.operation, new.chunk);
            for place in 0 .. 999 loop
                if get_byte(before, place) = 0 then
                    before := set_byte(before, place, get_byte(planned, place));
                    if get_byte(new.states, place) = 0 then
                        new.states := set_byte(new.states, place, get_byte(planned, place));
                    end if;
                elsif get_byte(planned, place) = 0 and get_byte(new.states, place) = 0 then
                    before := set_byte(before, place, 0);
                end if;
            end loop;
        end if;
        for moved in
            select was, becomes, array_agg(new.chunk * 1000 + place) as ordinals from (
                select place, get_byte(before, place) as was, get_byte(new.states, place) as becomes
                from generate_series(0, 999) as place) as bytes
            where was <> becomes group by was, becomes
        loop
            perform assocd.check_move(new.run_id, new.operation, moved.ordinals, coalesce(words[moved.was], 'no row'),
                coalesce(words[moved.becomes], 'no row'));
        end loop;
    end if;
    if new.origins is distinct from old.origins and not assocd.is_owner() then
        perform from generate_series(0, 999) as place
        where get_byte(new.origins, place) <> coalesce(get_byte(old.origins, place), 0)
            and words[get_byte(old.states, place)] not in ('applied', 'unknown', 'unverified');
        if found then
            raise exception using errcode = 'check_violation', message = 'assocd.change: what was journaled is not rewritten';
        end if;
    end if;
    return new;
end
$$;
comment on function assocd.check_states is 'Trigger: changes begin as they were planned, and make legal moves only.';
create trigger legal_move before insert or update on assocd.plan_state for each row execute function assocd.check_states();

-- What is said of a change stays when it has ended, for every role but the owner.
create function assocd.keep_note() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'UPDATE' and (new.run_id, new.operation, new.ordinal) is distinct from (old.run_id, old.operation, old.ordinal)
        or not assocd.is_owner() and exists (
            select from assocd.change c
            where c.run_id = new.run_id and c.operation = new.operation and c.ordinal = new.ordinal
                and (c.state in ('skipped', 'abandoned', 'rejected', 'verified') or c.state in ('blocked', 'reported')
                    and not exists (select from assocd.run r where r.run_id = c.run_id and r.completed_at is null))) then
        raise exception using errcode = 'check_violation', message = 'assocd.change: what was journaled is not rewritten';
    end if;
    return new;
end
$$;
comment on function assocd.keep_note is 'Trigger: refuses to rewrite what is said of a change that has ended.';
create trigger ended_stays before insert or update on assocd.plan_note for each row execute function assocd.keep_note();

-- What is planned has its states from the start, so that the size of plan_state tells what it will be asked for.
create function assocd.begin_states() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    part record;
begin
    for part in select a.run_id, a.operation, a.ordinal / 1000 as chunk from added a group by 1, 2, 3 order by 1, 2, 3 loop
        insert into assocd.plan_state (run_id, operation, chunk) values (part.run_id, part.operation, part.chunk) on conflict do nothing;
        continue when found;
        update assocd.plan_state s
        set states = assocd.fill_states(s.states, assocd.planned_states(part.run_id, part.operation, part.chunk))
        where s.run_id = part.run_id and s.operation = part.operation and s.chunk = part.chunk;
    end loop;
    return null;
end
$$;
comment on function assocd.begin_states is 'Trigger: changes that are planned begin with the states that they are planned with.';
create trigger begin_states after insert on assocd.plan_row referencing new table as added
    for each statement execute function assocd.begin_states();

-- How the journal moves changes.
create function assocd.open_states(p_run_id bigint, p_operation text, p_chunk bigint) returns bytea
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    found_states bytea;
begin
    loop
        select s.states into found_states from assocd.plan_state s
        where s.run_id = p_run_id and s.operation = p_operation and s.chunk = p_chunk for update;
        exit when found;
        insert into assocd.plan_state (run_id, operation, chunk) values (p_run_id, p_operation, p_chunk)
        on conflict do nothing returning states into found_states;
        exit when found;
    end loop;
    return found_states;
end
$$;
comment on function assocd.open_states is 'The states of a thousand changes, to be changed.';

-- Ranges, cut where a thousand ends.
create function assocd.ordinal_ranges(p_ordinals bigint[]) returns table (chunk bigint, first_ordinal bigint, last_ordinal bigint)
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select o / 1000, min(o), max(o)
    from (select o, o - row_number() over (order by o) as island from unnest(p_ordinals) as u(o)) numbered
    group by o / 1000, island order by 2
$$;
comment on function assocd.ordinal_ranges is 'Ordinals as ranges, in order, each within one thousand.';

create function assocd.move_range(p_states bytea, p_first integer, p_last integer, p_from integer[], p_to integer,
    out states bytea, out matched integer)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
    length constant integer := p_last - p_first + 1;
    was constant integer := get_byte(p_states, p_first);
begin
    states := p_states;
    matched := 0;
    if substring(p_states from p_first + 1 for length) = decode(repeat(lpad(to_hex(was), 2, '0'), length), 'hex') then
        if was = any (p_from) then
            matched := length;
            states := overlay(p_states placing decode(repeat(lpad(to_hex(p_to), 2, '0'), length), 'hex') from p_first + 1 for length);
        end if;
        return;
    end if;
    for place in p_first .. p_last loop
        if get_byte(p_states, place) = any (p_from) then
            matched := matched + 1;
            states := set_byte(states, place, p_to);
        end if;
    end loop;
end
$$;
comment on function assocd.move_range is 'The states with those of a range moved that are in one of some states, and how many they are.';

create function assocd.move_changes(p_run_id bigint, p_operation text, p_ordinals bigint[], p_from text[], p_to text,
    p_messages text[] default null) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    words constant text[] := assocd.change_states();
    codes constant integer[] := array(select array_position(words, w) from unnest(p_from) as w);
    target constant integer := array_position(words, p_to);
    at bigint;
    before bytea;
    moved bytea;
    part record;
    range record;
    matched bigint := 0;
begin
    if p_messages is not null then
        insert into assocd.plan_note (run_id, operation, ordinal, message, came, merged_from)
        select c.run_id, c.operation, c.ordinal, u.message, c.came, c.merged_from
        from (select ordinal, min(message) as message from unnest(p_ordinals, p_messages) as u(ordinal, message) group by ordinal) u
            join assocd.change c on c.run_id = p_run_id and c.operation = p_operation and c.ordinal = u.ordinal
        where c.state = any (p_from) and c.message is distinct from u.message
        on conflict (run_id, operation, ordinal) do update set message = excluded.message;
    end if;
    for part in select * from assocd.ordinal_ranges(p_ordinals) loop
        if part.chunk is distinct from at then
            if moved <> before then
                update assocd.plan_state s set states = moved
                where s.run_id = p_run_id and s.operation = p_operation and s.chunk = at;
            end if;
            at := part.chunk;
            before := assocd.open_states(p_run_id, p_operation, at);
            moved := before;
        end if;
        if position('\x00'::bytea in substring(moved from (part.first_ordinal % 1000)::integer + 1
                for (part.last_ordinal - part.first_ordinal)::integer + 1)) > 0 then
            moved := assocd.fill_states(moved, assocd.planned_states(p_run_id, p_operation, at));
        end if;
        range := assocd.move_range(moved, (part.first_ordinal % 1000)::integer, (part.last_ordinal % 1000)::integer, codes, target);
        moved := range.states;
        matched := matched + range.matched;
    end loop;
    if moved <> before then
        update assocd.plan_state s set states = moved
        where s.run_id = p_run_id and s.operation = p_operation and s.chunk = at;
    end if;
    return matched;
end
$$;
comment on function assocd.move_changes is 'Moves changes of a run that are in one of some states to another one, and says why (parallel to their ordinals, or NULL: nothing is said). How many they were.';

create function assocd.fill_states(p_states bytea, p_planned bytea) returns bytea
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
    states bytea := p_states;
begin
    for place in 0 .. 999 loop
        if get_byte(states, place) = 0 then
            states := set_byte(states, place, get_byte(p_planned, place));
        end if;
    end loop;
    return states;
end
$$;
comment on function assocd.fill_states is 'The states with those that are 0 as they were planned.';

-- Chunk by chunk: a plan of millions is never in one value.
create function assocd.plan_chunks(p_run_id bigint, p_operation text, p_codes integer[]) returns table (operation text, chunk bigint)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select o.operation, c.chunk
    from (values ('archive'), ('create')) as o(operation)
    cross join lateral (select max(p.ordinal) as last from assocd.plan_row p where p.run_id = p_run_id and p.operation = o.operation) m
    cross join lateral generate_series(0, m.last / 1000) as c(chunk)
    left join assocd.plan_state s on s.run_id = p_run_id and s.operation = o.operation and s.chunk = c.chunk
    where (o.operation = p_operation or p_operation is null) and (s.states is null or exists (
        select from unnest(0 || p_codes) as u(code) where position(set_byte('\x00', 0, u.code) in s.states) > 0))
    order by 1, 2
$$;
comment on function assocd.plan_chunks is 'The thousands of a plan, of one operation or (NULL) of both, in which some changes may be in one of some states.';

create function assocd.move_plan(p_run_id bigint, p_operation text, p_from text[], p_to text) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    words constant text[] := assocd.change_states();
    codes constant integer[] := array(select array_position(words, w) from unnest(p_from) as w);
    target constant integer := array_position(words, p_to);
    part record;
    range record;
    before bytea;
    total bigint := 0;
begin
    for part in select * from assocd.plan_chunks(p_run_id, p_operation, codes) loop
        before := assocd.open_states(p_run_id, part.operation, part.chunk);
        before := assocd.fill_states(before, assocd.planned_states(p_run_id, part.operation, part.chunk));
        range := assocd.move_range(before, 0, 999, codes, target);
        total := total + range.matched;
        if range.states <> before then
            update assocd.plan_state s set states = range.states
            where s.run_id = p_run_id and s.operation = part.operation and s.chunk = part.chunk;
        end if;
    end loop;
    return total;
end
$$;
comment on function assocd.move_plan is 'Moves all changes of a run (of one operation; NULL: of both) that are in one of some states to another one. How many they were.';

create function assocd.carry_changes(p_run_id bigint, p_operation text, p_ordinals bigint[], p_batch_id bigint) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    insert into assocd.batch_part (run_id, operation, chunk, first_ordinal, last_ordinal, batch_id)
    select p_run_id, p_operation, r.chunk, r.first_ordinal, r.last_ordinal, p_batch_id from assocd.ordinal_ranges(p_ordinals) r
$$;
comment on function assocd.carry_changes is 'Notes that a batch carries these changes.';

create function assocd.keep_origins(p_run_id bigint, p_operation text, p_ordinals bigint[], p_origins text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    part record;
    kept bytea;
begin
    for part in select u.ordinal / 1000 as chunk, array_agg((u.ordinal % 1000)::integer) as places,
            array_agg(array_position(assocd.change_origins(), u.origin)) as codes
        from unnest(p_ordinals, p_origins) as u(ordinal, origin) group by 1 order by 1
    loop
        perform assocd.open_states(p_run_id, p_operation, part.chunk);
        select coalesce(s.origins, decode(repeat('00', 1000), 'hex')) into kept from assocd.plan_state s
        where s.run_id = p_run_id and s.operation = p_operation and s.chunk = part.chunk;
        for i in 1 .. cardinality(part.places) loop
            kept := set_byte(kept, part.places[i], part.codes[i]);
        end loop;
        update assocd.plan_state s set origins = kept
        where s.run_id = p_run_id and s.operation = p_operation and s.chunk = part.chunk;
    end loop;
end
$$;
comment on function assocd.keep_origins is 'Notes what the owned set said of archived associations.';

create function assocd.settle_batch(p_run_id bigint, p_operation text, p_ordinals bigint[], p_state text, p_exceptions bigint[],
    p_states text[], p_messages text[], p_late boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    others record;
begin
    if p_late and p_operation = 'create' then
        perform assocd.note_doubts(p_run_id, p_operation, p_ordinals);
    end if;
    for others in
        select u.state, array_agg(u.ordinal) as ordinals, array_agg(u.message) as messages
        from unnest(p_exceptions, p_states, p_messages) as u(ordinal, state, message) group by u.state
    loop
        perform assocd.move_changes(p_run_id, p_operation, others.ordinals, array['sent'], others.state, others.messages);
    end loop;
    if p_state <> 'sent' then
        perform assocd.move_changes(p_run_id, p_operation, p_ordinals, array['sent'], p_state);
    end if;
end
$$;
comment on function assocd.settle_batch is 'What became of the changes of a batch: exceptions by name, all others the same. p_late: an attempt before the one that was answered may still be carried out, so that the pairs of its creates are in doubt.';

create function assocd.verify_changes(p_run_id bigint, p_operation text, p_ordinals bigint[], p_origins text[], p_seen boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if p_origins is not null then
        perform assocd.keep_origins(p_run_id, p_operation, p_ordinals, p_origins);
    end if;
    if p_seen then
        perform assocd.move_changes(p_run_id, p_operation, p_ordinals, array['applied', 'unknown', 'unverified'], 'verified');
    end if;
end
$$;
comment on function assocd.verify_changes is 'Changes seen as wished, or trusted, with what the owned set said of them (NULL: as it was planned).';

create function assocd.keep_came(p_run_id bigint, p_ordinals bigint[], p_came text[]) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    insert into assocd.plan_note (run_id, operation, ordinal, message, came, merged_from)
    select c.run_id, c.operation, c.ordinal, c.message, string_to_array(u.came, ' '), c.merged_from
    from unnest(p_ordinals, p_came) as u(ordinal, came)
        join assocd.change c on c.run_id = p_run_id and c.operation = 'create' and c.ordinal = u.ordinal
    on conflict (run_id, operation, ordinal) do update set came = excluded.came
$$;
comment on function assocd.keep_came is 'Notes what came with creates of links: types with blanks between.';

create function assocd.keep_merged(p_run_id bigint, p_ordinals bigint[], p_merged bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    insert into assocd.plan_note (run_id, operation, ordinal, message, came, merged_from)
    select c.run_id, c.operation, c.ordinal, case c.state when 'planned'
        then 'a record was merged in HubSpot, and this link came with it' else c.message end, c.came, u.merged
    from unnest(p_ordinals, p_merged) as u(ordinal, merged)
        join assocd.change c on c.run_id = p_run_id and c.operation = 'archive' and c.ordinal = u.ordinal
    on conflict (run_id, operation, ordinal) do update set message = excluded.message, merged_from = excluded.merged_from;
    perform assocd.move_changes(p_run_id, 'archive', p_ordinals, array['planned'], 'skipped');
end
$$;
comment on function assocd.keep_merged is 'Notes that the links of these archives came by merges; those that were planned are left out.';

-- A run that ends early leaves nothing in a state that says more is to come. p_refused: what was refused with its batch
-- was not done; without, what was sent has no answer, and may have been. So may what a batch has carried along.
create function assocd.abandon_chunk(p_run_id bigint, p_operation text, p_chunk bigint, p_refused boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    doubtful bigint[];
    open_ordinals bigint[];
begin
    select array_agg(c.ordinal), array_agg(c.ordinal) filter (where case c.state when 'planned' then c.tried
            else c.tried or not p_refused or c.batch_id is null end)
    into open_ordinals, doubtful
    from (select c.ordinal, c.state, c.batch_id, c.batch_id is not null and not exists (
                select from assocd.batch b where b.batch_id = c.batch_id and b.status = 'failed') as tried
        from (select c.ordinal, c.state, c.batch_id from assocd.change c
            where c.run_id = p_run_id and c.operation = p_operation and c.ordinal >= p_chunk * 1000 and c.ordinal < (p_chunk + 1) * 1000
                and c.state in ('planned', 'sent') offset 0) c) c;
    if open_ordinals is null then
        return;
    end if;
    perform assocd.move_changes(p_run_id, p_operation, doubtful, array['planned', 'sent'], 'unknown');
    perform assocd.move_changes(p_run_id, p_operation, open_ordinals, array['planned', 'sent'], 'abandoned');
end
$$;
comment on function assocd.abandon_chunk is 'Ends what is planned or sent of a thousand changes: unknown, or abandoned.';

create function assocd.abandon_changes(p_run_id bigint, p_refused boolean) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    select assocd.abandon_chunk(p_run_id, c.operation, c.chunk, p_refused) from assocd.plan_chunks(p_run_id, null, array[1, 7]) c
$$;
comment on function assocd.abandon_changes is 'Ends what is planned or sent of a run.';

create or replace function assocd.interrupt_runs(p_sync text) returns setof bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    dead bigint;
begin
    for dead in
        update assocd.run set status = 'interrupted', completed_at = clock_timestamp(),
            error = coalesce(error, 'the process ended without closing the run')
        where completed_at is null and (p_sync is null or sync = p_sync)
            and not assocd.session_lives(session_key, session_pid, session_role)
        returning run_id
    loop
        update assocd.batch b set status = 'unknown', error = coalesce(error, 'the process ended before the answer')
        where b.run_id = dead and b.status = 'sent';
        perform assocd.abandon_changes(dead, false);
        return next dead;
    end loop;
end
$$;

-- The row's lock, held until the end of the call, keeps others from a run that is being told as interrupted.
create or replace function assocd.interrupt_runs_within(p_sync text, p_within interval) returns setof bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    until constant timestamptz := clock_timestamp() + p_within;
    dead record;
    part record;
    complete boolean;
begin
    for dead in select run_id, sync from assocd.run
        where completed_at is null and (p_sync is null or sync = p_sync)
            and not assocd.session_lives(session_key, session_pid, session_role)
        order by run_id for update skip locked
    loop
        complete := true;
        for part in select * from assocd.plan_chunks(dead.run_id, null, array[1]) loop
            perform assocd.move_changes(dead.run_id, part.operation, array(
                    select c.ordinal from assocd.change c
                    where c.run_id = dead.run_id and c.operation = part.operation and c.ordinal >= part.chunk * 1000
                        and c.ordinal < (part.chunk + 1) * 1000 and c.state = 'planned' and c.batch_id is null),
                array['planned'], 'abandoned');
            complete := clock_timestamp() < until;
            exit when not complete;
        end loop;
        if complete then
            return query select assocd.interrupt_runs(dead.sync);
        end if;
    end loop;
end
$$;

-- The view takes corrections by hand, by the same laws.
create function assocd.correct_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'DELETE' then
        delete from assocd.plan_row p where p.run_id = old.run_id and p.operation = old.operation and p.ordinal = old.ordinal;
        delete from assocd.plan_note n where n.run_id = old.run_id and n.operation = old.operation and n.ordinal = old.ordinal;
        update assocd.plan_state s set states = set_byte(s.states, (old.ordinal % 1000)::integer, 0)
        where s.run_id = old.run_id and s.operation = old.operation and s.chunk = old.ordinal / 1000;
        return old;
    end if;
    if (new.run_id, new.operation, new.ordinal, new.from_id, new.to_id, new.category, new.type_id, new.reason, new.along, new.implied,
            new.moved_to) is distinct from (old.run_id, old.operation, old.ordinal, old.from_id, old.to_id, old.category, old.type_id,
            old.reason, old.along, old.implied, old.moved_to) then
        raise exception using errcode = 'check_violation', message = 'assocd.change: what was journaled is not rewritten';
    end if;
    if (new.message, new.came, new.merged_from) is distinct from (old.message, old.came, old.merged_from) then
        insert into assocd.plan_note (run_id, operation, ordinal, message, came, merged_from)
        values (new.run_id, new.operation, new.ordinal, new.message, new.came, new.merged_from)
        on conflict (run_id, operation, ordinal) do update
        set message = excluded.message, came = excluded.came, merged_from = excluded.merged_from;
    end if;
    if new.origin is distinct from old.origin then
        perform assocd.keep_origins(new.run_id, new.operation, array[new.ordinal], array[new.origin]);
    end if;
    if new.batch_id is distinct from old.batch_id then
        perform assocd.carry_changes(new.run_id, new.operation, array[new.ordinal], new.batch_id);
    end if;
    if new.state is distinct from old.state then
        perform assocd.move_changes(new.run_id, new.operation, array[new.ordinal], array[old.state], new.state);
    end if;
    return new;
end
$$;
comment on function assocd.correct_change is 'Trigger: what is written to the view assocd.change by hand goes where it stands.';
create trigger correct_change instead of update or delete on assocd.change for each row
    execute function assocd.correct_change();

-- A portion of changes goes with what became of them.
create or replace function assocd.prune_history(p_days integer, p_run_days integer) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive bound as materialized (
        select clock_timestamp() - greatest(p_days, 1) * interval '1 day' as at,
            clock_timestamp() - greatest(p_run_days, p_days, 1) * interval '1 day' as run_at),
    old(run_id, place) as (
        select r.run_id, 1 from bound, assocd.run r
        where r.run_id = least((select min(run_id) from assocd.plan_row), (select min(run_id) from assocd.batch))
            and r.completed_at < bound.at
        union all
        select r.run_id, o.place + 1 from bound, old o, assocd.run r
        where r.run_id = least((select min(c.run_id) from assocd.plan_row c where c.run_id > o.run_id),
                (select min(b.run_id) from assocd.batch b where b.run_id > o.run_id))
            and r.completed_at < bound.at and o.place < 20),
    gone as materialized (
        select g.run_id, g.operation, g.ordinal from old join assocd.plan_row g using (run_id)
        order by g.run_id, g.operation, g.ordinal limit 20000),
    changes as (
        delete from assocd.plan_row c using gone
        where (c.run_id, c.operation, c.ordinal) = (gone.run_id, gone.operation, gone.ordinal) returning 1),
    notes as (
        delete from assocd.plan_note n using gone
        where (n.run_id, n.operation, n.ordinal) = (gone.run_id, gone.operation, gone.ordinal)),
    -- Thousands of which nothing is left.
    chunks as materialized (
        select g.run_id, g.operation, g.chunk
        from (select run_id, operation, ordinal / 1000 as chunk, max(ordinal) as last from gone group by 1, 2, 3) g
        where not exists (select from assocd.plan_row p where p.run_id = g.run_id and p.operation = g.operation
            and p.ordinal > g.last and p.ordinal < (g.chunk + 1) * 1000)),
    states as (
        delete from assocd.plan_state s using chunks k
        where (s.run_id, s.operation, s.chunk) = (k.run_id, k.operation, k.chunk)),
    parts as (
        delete from assocd.batch_part b using chunks k
        where (b.run_id, b.operation, b.chunk) = (k.run_id, k.operation, k.chunk)),
    batches as (
        delete from assocd.batch b using (
            select g.batch_id from old join assocd.batch g using (run_id) order by g.run_id, g.batch_id limit 20000) as gone
        where b.batch_id = gone.batch_id returning 1),
    signals as (
        delete from assocd.signal g using (
            select s.signal_id from bound, assocd.signal s
            where s.handled_at < bound.at and not exists (select from assocd.sync_state y where y.wanted = s.signal_id)
            order by s.signal_id limit 1000) as gone
        where g.signal_id = gone.signal_id returning 1),
    links as (
        delete from assocd.let_go l using (
            select g.sync, g.from_id, g.to_id from bound, assocd.let_go g
            where g.let_go_at < bound.at order by g.let_go_at limit 20000) as gone
        where (l.sync, l.from_id, l.to_id) = (gone.sync, gone.from_id, gone.to_id) returning 1),
    runs as (
        delete from assocd.run r using (
            select o.run_id from bound, assocd.run o
            where o.started_at < bound.run_at and o.completed_at < bound.run_at and not o.unsettled
                and not exists (select from assocd.plan_row c where c.run_id = o.run_id)
                and not exists (select from assocd.batch b where b.run_id = o.run_id)
                and not exists (select from assocd.run n where n.plan_id = o.run_id)
                and not exists (select from assocd.run n where n.undoes = o.run_id)
                and exists (select from assocd.run n where n.sync = o.sync and n.run_id > o.run_id)
                and not exists (
                    select from assocd.sync_state y where y.sync = o.sync and o.run_id in (y.good_run_id, y.run_id))
            order by o.started_at limit 2000) as gone
        where r.run_id = gone.run_id returning 1)
    select (select count(*) from changes) + (select count(*) from batches) + (select count(*) from signals)
        + (select count(*) from links) + (select count(*) from runs)
$$;

do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name from pg_catalog.pg_proc p where p.pronamespace = 'assocd'::regnamespace loop
        execute format('revoke execute on function %s from public', f.name);
    end loop;
end
$$;
