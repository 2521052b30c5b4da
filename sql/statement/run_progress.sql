-- How far a run is.
update assocd.run set stage_began_at = case when stage = $2 then stage_began_at else clock_timestamp() end, stage = $2,
    stage_done = $3::bigint, stage_total = $4::bigint, stage_at = clock_timestamp()
where run_id = $1::bigint and completed_at is null
