-- Watched tables, third part. Version 22. As 004 and 013, this text stands by itself and may be run again: it also
-- goes into a source database that is not the assocd database (assocd init --watch).
--
-- The number is that of the last file of this kind; whoever adds another one raises it there.
create or replace function assocd.watch_version() returns integer
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as 'select 22';
comment on function assocd.watch_version is 'Which release''s functions for watched tables these are: assocd check says when they are older than assocd. assocd init --watch renews them.';
revoke execute on function assocd.watch_version() from public;
