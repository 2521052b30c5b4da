-- How far a run is; a stage begins at the moment it is first said of.
insert into assocd.progress as p (sync, run_id, stage, stage_done, stage_total, stage_at, stage_began_at)
select sync, run_id, $2, $3::bigint, $4::bigint, statement_timestamp(), statement_timestamp()
from assocd.run where run_id = $1::bigint and completed_at is null
on conflict (sync) do update set run_id = excluded.run_id, stage = excluded.stage, stage_done = excluded.stage_done,
    stage_total = excluded.stage_total, stage_at = excluded.stage_at,
    stage_began_at = case when (p.run_id, p.stage) = (excluded.run_id, excluded.stage) then p.stage_began_at else excluded.stage_at end
