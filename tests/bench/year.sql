-- A journal that :runs runs of 50 syncs every five minutes and 20 watched ones have filled in a year: three batches a run,
-- 140 changes every twentieth, two owned associations a run, 50,000 changed records that wait; statistics as of its last
-- row. psql -v runs=3000000 is a year as it is counted; a tenth shows the same.
set session_replication_role = replica;
set synchronous_commit = off;
insert into assocd.sync_state (sync, portal, epoch, good_run_id, good_desired, good_at)
    select case when n < 50 then 's' || n else 'w' || n - 50 end, 'main', 1, 1, 100000, now() from generate_series(0, 69) n
    on conflict do nothing;
insert into assocd.run (sync, portal, api, cause, status, started_at, completed_at, epoch, host, pid, desired, created, archived,
        to_create, to_archive, requests, digest, plan_id, guard, error)
    select case when n % 70 < 50 then 's' || n % 70 else 'w' || n % 70 - 50 end, 'main', 'v3',
        case when n % 70 < 50 then 'schedule' else 'watch' end,
        case when n % 20 = 0 then 'succeeded' when n % 3001 = 0 then 'failed' when n % 5003 = 0 then 'withheld'
            when n % 70 >= 50 then 'succeeded' else 'no_change' end,
        at, at + interval '2 s', n, 'db1', n % 30000, 100000, 1, 0, 1, 0, 100, md5(n::text),
        case when n % 5003 = 1 then n - 1 end, case when n % 5003 = 0 then 'max_archive' end, case when n % 3001 = 0 then 'HTTP 502' end
    from generate_series(1::bigint, :runs) n, lateral (select now() - interval '1 year' * (:runs - n) / :runs as at) t;
insert into assocd.batch (run_id, operation, status, inputs, attempts, http_status, sent_at, completed_at, api_started_at,
        api_completed_at, correlation_id)
    select n, case k when 3 then 'create' else 'read' end, 'done', 100, 1, 200, at, at, at, at, md5((n * 3 + k)::text)
    from generate_series(1::bigint, :runs) n, lateral (select now() - interval '1 year' * (:runs - n) / :runs as at) t,
        generate_series(1, 3) k;
insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, reason, state, batch_id)
    select n, case when o % 10 = 0 then 'archive' else 'create' end, o, (n * 7919 + o) % 1000000 + 1, (n + o) % 500000 + 1,
        'HUBSPOT_DEFINED', 3, case when o % 25 = 0 then 'drift_removed' else 'source_added' end, 'verified', n * 3
    from generate_series(20::bigint, :runs, 20) n, generate_series(1, 140) o;
insert into assocd.managed (sync, from_id, to_id, category, type_id, origin, run_id)
    select 's' || n % 50, n, n, 'HUBSPOT_DEFINED', 3, 'created', 1 from generate_series(1::bigint, :runs * 2) n;
insert into assocd.touched (sync, from_id) select 'w' || n % 20, n from generate_series(1, least(50000, :runs)) n;
analyze;
