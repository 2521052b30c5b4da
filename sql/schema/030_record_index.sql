-- Changes by record have an index of their own that lookups by ordinal cannot take. A run's number is newer than
-- the statistics of the table, so the planner expects one row of it, finds both indexes equally good, and with the
-- wrong one every lookup reads the whole plan: 20,000 creates took minutes instead of seconds. Queries by record say
-- "ordinal > 0", which is always true, and only they can use this index.
drop index assocd.change_by_record;
create index change_by_record on assocd.change (run_id, from_id) where ordinal > 0;

-- What guards, status, apply and the daemon ask of a long job log: the runs of a day, the runs that took a plan,
-- the plans that wait.
create index run_by_start on assocd.run (sync, started_at);
create index run_by_end on assocd.run (sync, completed_at);
create index run_by_plan on assocd.run (plan_id) where plan_id is not null;
create index run_stopped on assocd.run (sync, run_id) where status in ('withheld', 'refused');
