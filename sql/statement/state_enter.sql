-- Every configured sync has a row, so that it can be paused and triggered before it ever ran.
insert into assocd.sync_state (sync, portal)
select * from unnest($1::text[], $2::text[]) on conflict (sync) do nothing
