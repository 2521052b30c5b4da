-- What decides when a sync is due: of the syncs $1, and of all that changed since $2 (microseconds; NULL: none).
select s.sync, s.paused_at is not null, coalesce(s.run_id, 0), coalesce(s.run_status, ''), coalesce(s.run_cause, ''),
    coalesce((extract(epoch from s.run_started_at) * 1000000)::bigint, 0), s.failures,
    coalesce((extract(epoch from s.retry_at) * 1000000)::bigint, 0), coalesce(g.signal_id, 0),
    case when g.verb = 'approve' then g.run_id else 0 end,
    case when $3::boolean then assocd.sync_busy(s.sync) else false end
from assocd.sync_state s left join assocd.signal g on g.signal_id = s.wanted
where s.sync = any ($1::text[]) or s.changed_at >= to_timestamp($2::bigint / 1000000.0)
