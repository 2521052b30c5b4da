-- Runs under way for assocd status, with what is left of the stage at the pace so far.
select r.run_id, r.sync, r.cause, r.status, date_trunc('second', r.started_at) as started_at, p.stage, p.stage_done, p.stage_total,
    case when p.stage_done > 0 and p.stage_total > p.stage_done and p.stage_at > p.stage_began_at
        then round(extract(epoch from p.stage_at - p.stage_began_at) * (p.stage_total - p.stage_done) / p.stage_done)::bigint
    end as seconds_left,
    r.host, r.pid
from assocd.run r left join assocd.progress p on p.sync = r.sync and p.run_id = r.run_id
where r.completed_at is null order by r.run_id
