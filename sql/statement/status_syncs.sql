-- What assocd status needs of every sync: the schedule's state and the last run. Times in microseconds.
select s.sync, s.paused_at is not null, coalesce(s.paused_by, ''), coalesce(s.pause_reason, ''), coalesce(s.run_id, 0),
    coalesce(s.run_status, ''), coalesce(s.run_cause, ''), coalesce((extract(epoch from s.run_started_at) * 1000000)::bigint, 0),
    s.failures, coalesce((extract(epoch from s.retry_at) * 1000000)::bigint, 0),
    exists (select from assocd.signal g where g.signal_id = s.wanted), coalesce(s.start_error, ''), (extract(epoch from clock_timestamp()) * 1000000)::bigint
from assocd.sync_state s order by s.sync
