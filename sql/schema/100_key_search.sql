-- Keys of properties that several records may share, found by HubSpot's search. Version 100.

-- Search proves presence, not absence: it lags behind, and does not see what it may not.
alter table assocd.record_key add column absent_since timestamptz, add column more boolean not null default false;
alter table assocd.record_key drop constraint record_key_outcome_check;
alter table assocd.record_key add constraint record_key_outcome_check check (outcome in ('resolved', 'missing', 'ambiguous', 'unread'));
comment on column assocd.record_key.outcome is 'resolved: record_id has it; missing: no record has it; ambiguous: several have, see ids; unread: a search has not found it, which another one has to confirm a minute later.';
comment on column assocd.record_key.absent_since is 'Since when searches do not find it; NULL: the last one did, or it is not searched for.';
comment on column assocd.record_key.more is 'ambiguous: more records have it than ids holds.';

-- What a run reads of a source with keys: tables of its session, gone with it. Called before every reading.
create or replace function assocd.begin_keys() returns void
language plpgsql set search_path = '' set client_min_messages = warning as $$
begin
    drop table if exists pg_temp.key_row, pg_temp.key_name, pg_temp.key_meaning, pg_temp.key_again;
    -- The rows; a side has a key, or an id, or (to_id) neither.
    create temporary table key_row (from_key text, from_id bigint, to_key text, to_id bigint, type integer not null);
    -- Their keys, each once; side 0 is from, 1 to.
    create temporary table key_name (side smallint not null, key text not null, primary key (side, key));
    -- What they mean in this run, and what they protect: records that get no archives while it is not resolved. more:
    -- the records beside record_id, where a key means all that have it.
    create temporary table key_meaning (side smallint not null, key text not null, outcome text not null, record_id bigint,
        held bigint[], more bigint[], primary key (side, key));
    create index key_meaning_more on pg_temp.key_meaning (side) where more is not null;
    -- Keys that are asked for once more, because the plan writes by them.
    create temporary table key_again (side smallint not null, key text not null, primary key (side, key));
end
$$;

-- One permit for one search: HubSpot counts those of all apps of an account together, five a second, apart from its
-- other requests. Never more than p_per_second in any 1.1 s as granted. They count for the day.
create function assocd.take_search(p_account text, p_per_second integer, p_per_day bigint, p_zone text,
    out granted boolean, out wait_ms bigint, out why text)
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    searches constant text := p_account || ' search';
    d assocd.budget;
    b assocd.budget;
    at timestamptz;
    oldest timestamptz;
begin
    insert into assocd.budget (account) values (p_account), (searches) on conflict do nothing;
    select * into d from assocd.budget where account = p_account for update;
    select * into b from assocd.budget where account = searches for update;
    at := clock_timestamp();
    granted := false;
    if greatest(d.held_until, b.held_until) > at then
        wait_ms := least(ceil(extract(epoch from greatest(d.held_until, b.held_until) - at) * 1000), 86400000);
        why := coalesce(case when d.held_until > at then d.held_by else b.held_by end, '');
        return;
    end if;
    if p_per_day > 0 and d.day = (at at time zone p_zone)::date and p_per_day <= d.day_requests
        + (select count(*) from assocd.permit p where p.account = p_account and p.granted_at > d.counted_to) then
        wait_ms := ceil(extract(epoch from ((d.day + 1)::timestamp at time zone p_zone) - at) * 1000);
        why := 'DAILY';
        return;
    end if;
    update assocd.permit p set granted_at = at where p.account = searches and p.granted_at > at; -- the clock was set back
    select p.granted_at into oldest from assocd.permit p where p.account = searches
        order by p.granted_at desc offset p_per_second - 1 limit 1;
    if oldest > at - interval '1.1 seconds' then
        wait_ms := greatest(1, ceil(extract(epoch from oldest - at + interval '1.1 seconds') * 1000));
        why := 'ceiling';
        return;
    end if;
    granted := true;
    wait_ms := 0;
    insert into assocd.permit (account, granted_at) values (searches, at);
    delete from assocd.permit p where p.account = searches and p.granted_at < at - interval '11 seconds';
    update assocd.budget set day_requests = d.day_requests + 1 where account = p_account and d.day = (at at time zone p_zone)::date;
end
$$;
comment on function assocd.take_search is 'One permit for one search of the account, beside take_permits for all other requests.';
