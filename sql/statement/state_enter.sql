-- Every configured sync has a row, so that it can be paused and triggered before it ever ran. Other daemons
-- need not read it anew for that.
insert into assocd.sync_state (sync, portal, changed_at)
select s, p, to_timestamp(0) from unnest($1::text[], $2::text[]) as given(s, p) on conflict (sync) do nothing
