-- One run as JSON, under the names of its columns.
select jsonb_build_object('run_id', run_id, 'plan_id', coalesce(plan_id, run_id))
    || (to_jsonb(r) - 'run_id' - 'plan_id') from assocd.run r where run_id = $1::bigint
