-- The roles that sql/grants.tsv gives rights to. Run it as a role that may create roles; harmless when repeated.
--   assocd_daemon    runs syncs: grant assocd_daemon to the login role of the service
--   assocd_operator  looks, approves, steers
--   assocd_reader    looks
--   assocd_writer    calls assocd.touch, where the source is a view or a query
-- Nobody but the owner may delete from the journal, truncate or alter it. Old details go by
-- assocd.prune_history, which deletes nothing younger than a day.
do $$
declare
    name text;
begin
    foreach name in array array['assocd_daemon', 'assocd_operator', 'assocd_reader', 'assocd_writer'] loop
        continue when exists (select from pg_catalog.pg_roles where rolname = name);
        begin
            execute format('create role %I nologin', name);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
end
$$;
