-- Runs under way for assocd status, with what is left of the stage at the pace so far.
select run_id, sync, cause, status, date_trunc('second', started_at) as started_at, stage, stage_done, stage_total,
    case when stage_done > 0 and stage_total > stage_done and stage_at > stage_began_at
        then round(extract(epoch from stage_at - stage_began_at) * (stage_total - stage_done) / stage_done)::bigint end as seconds_left,
    host, pid
from assocd.run where completed_at is null order by run_id
