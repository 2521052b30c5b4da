-- Three roles with the grants they need and no more. Run it as the owner of schema assocd, who may
-- create roles; harmless when repeated, and needed again after an upgrade that brings new tables.
--   assocd_daemon    runs syncs: grant assocd_daemon to the login role of the service
--   assocd_operator  looks, approves, steers
--   assocd_reader    looks
-- Nobody but the owner may delete from the journal, truncate or alter it. Old details go by
-- assocd.prune_history, which deletes nothing younger than a day.
do $$
declare
    name text;
begin
    foreach name in array array['assocd_daemon', 'assocd_operator', 'assocd_reader'] loop
        begin
            execute format('create role %I nologin', name);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
end
$$;

revoke all on schema assocd from public;
revoke all on all tables in schema assocd from assocd_daemon, assocd_operator, assocd_reader;
revoke execute on function assocd.take_permits(text, integer, bigint, text), assocd.hold_permits(text, text, bigint, text),
    assocd.interrupt_runs(text), assocd.interrupt_runs_within(text, interval), assocd.prune_history(integer), assocd.approve(bigint, text, integer) from public;
grant usage on schema assocd to assocd_daemon, assocd_operator, assocd_reader;
grant select on all tables in schema assocd to assocd_daemon, assocd_operator, assocd_reader;
grant execute on all functions in schema assocd to assocd_daemon;
revoke execute on function assocd.approve(bigint, text, integer) from assocd_daemon;

-- The journal: rows are added, and only their states move.
grant insert on assocd.run, assocd.batch, assocd.change to assocd_daemon;
grant update on assocd.run, assocd.batch, assocd.change to assocd_daemon;

-- The registry, rejects, and what is kept of the account.
grant insert, delete on assocd.managed, assocd.doubt, assocd.reject, assocd.association_type, assocd.touched to assocd_daemon;
grant update on assocd.doubt, assocd.reject, assocd.association_type to assocd_daemon;
grant update (released_at) on assocd.managed to assocd_daemon;
grant insert, update on assocd.portal, assocd.sync_state, assocd.budget to assocd_daemon;

-- The service: its own row; requests of people are taken up, not made. An approval by signal is
-- entered in the name of who asked for it.
grant insert, update, delete on assocd.daemon to assocd_daemon;
grant update (handled_at, handled_by, outcome) on assocd.signal to assocd_daemon;
grant insert on assocd.plan_approval to assocd_daemon;
grant update (used_by_run_id, used_at) on assocd.plan_approval to assocd_daemon;

-- People decide. Who and when is filled in by the database and cannot be said otherwise.
grant insert (plan_id, digest, reason, expires_at) on assocd.plan_approval to assocd_operator;
grant insert (verb, sync, run_id, reason) on assocd.signal to assocd_operator;
grant update (retry_at) on assocd.reject to assocd_operator;
grant execute on function assocd.approve(bigint, text, integer), assocd.plan_digest(bigint) to assocd_operator;
