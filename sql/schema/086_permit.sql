-- A permit is a row, written once. Version 86.

-- The ring of the last permits was an array in the budget's row, which each request rewrote: up to 5 kB of WAL, and
-- under a snapshot that somebody holds (pg_dump) a chain of versions that each request had to walk. Now the budget's
-- row is locked for each request, as before, and rewritten once in ten seconds or 200 requests.
create table assocd.permit (
    account text not null,
    granted_at timestamptz not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.1);
create index permit_by_time on assocd.permit (account, granted_at);
alter table assocd.permit replica identity full; -- somebody may publish all tables
comment on table assocd.permit is 'The permits of the last seconds: one row for each request to HubSpot.';
comment on column assocd.permit.account is 'HubSpot account id; until it is known, the name of the portal.';
comment on column assocd.permit.granted_at is 'When the request was allowed.';
insert into assocd.permit (account, granted_at)
    select b.account, to_timestamp(g) from assocd.budget b, unnest(b.granted_at) g
    where g > extract(epoch from clock_timestamp()) - 11;
alter table assocd.budget drop column granted_at, drop column next_slot,
    add column counted_to timestamptz not null default clock_timestamp();
alter table assocd.budget alter column counted_to set default '-infinity';
comment on column assocd.budget.day_requests is 'Permits granted that day up to counted_to.';
comment on column assocd.budget.counted_to is 'Permits granted later are not in day_requests yet; those 11 seconds older are deleted.';
comment on table assocd.budget is 'The rate budget of each HubSpot account, shared by every process and host on this database. Its row is locked while a permit is granted.';

-- One permit for one request. Never more than p_ceiling in any 10.1 s as granted, so that requests which travel at
-- different speeds stay below the ceiling in any 10 s as HubSpot counts. Only the newest permits are looked at, by
-- the index whatever the statistics say, so that this costs the same however many dead rows lie behind them.
create or replace function assocd.take_permits(p_account text, p_ceiling integer, p_per_day bigint, p_zone text,
    out granted boolean, out wait_ms bigint, out why text)
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
    b assocd.budget;
    at timestamptz;
    today date;
    spent bigint;
    oldest timestamptz;
    gone_to timestamptz;
    changed boolean := false;
begin
    insert into assocd.budget (account) values (p_account) on conflict do nothing;
    select * into b from assocd.budget where account = p_account for update;
    at := clock_timestamp();
    today := (at at time zone p_zone)::date;
    gone_to := b.counted_to;
    granted := false;
    wait_ms := 0;
    if b.held_until > at then
        wait_ms := least(ceil(extract(epoch from b.held_until - at) * 1000), 86400000);
        why := coalesce(b.held_by, '');
        return;
    end if;
    select count(*) into spent from assocd.permit p where p.account = p_account and p.granted_at > b.counted_to;
    if b.day is distinct from today then
        b.day := today;
        b.day_requests := 0;
        spent := 0;
        changed := true;
    end if;
    if p_per_day > 0 and b.day_requests + spent >= p_per_day then
        wait_ms := ceil(extract(epoch from ((today + 1)::timestamp at time zone p_zone) - at) * 1000);
        why := 'DAILY';
        return;
    end if;
    if b.share < 1 and b.share_changed_at < at - interval '1 minute' then
        b.share := least(1, b.share * 1.25);
        b.share_changed_at := at;
        changed := true;
    end if;
    if b.counted_to > at or exists (select from assocd.permit p where p.account = p_account and p.granted_at > at) then
        -- The server's clock was set back: what is granted then counts as granted now.
        update assocd.permit p set granted_at = at where p.account = p_account and p.granted_at > at;
        changed := true;
    end if;
    if p_ceiling > 0 then
        select p.granted_at into oldest from assocd.permit p where p.account = p_account
            order by p.granted_at desc offset greatest(1, floor(p_ceiling * b.share))::bigint - 1 limit 1;
        if oldest > at - interval '10.1 seconds' then
            wait_ms := greatest(1, ceil(extract(epoch from oldest - at + interval '10.1 seconds') * 1000));
            why := 'ceiling';
            return;
        end if;
    end if;
    granted := true;
    insert into assocd.permit (account, granted_at) values (p_account, at);
    if changed or spent >= 200 or b.counted_to < at - interval '10 seconds' then
        update assocd.budget set share = b.share, share_changed_at = b.share_changed_at, day = b.day,
            day_requests = b.day_requests + spent + 1, counted_to = at
        where account = p_account;
        delete from assocd.permit p where p.account = p_account and p.granted_at < at - interval '11 seconds'
            and p.granted_at >= gone_to - interval '11 seconds';
    end if;
end
$$;
