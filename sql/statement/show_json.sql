-- A run with its batches and changes as JSON.
select jsonb_build_object('run_id', run_id, 'plan_id', coalesce(plan_id, run_id)) || (to_jsonb(r) - 'run_id' - 'plan_id')
    || jsonb_build_object(
        'batches', (select coalesce(jsonb_agg(to_jsonb(b) - 'run_id' order by batch_id), '[]') from assocd.batch b
            where b.run_id = r.run_id),
        'changes', (select coalesce(jsonb_agg(to_jsonb(c) - 'run_id' order by operation, ordinal), '[]')
            from (select * from assocd.change c where c.run_id = r.run_id order by operation, ordinal limit 10000) c))
from assocd.run r where run_id = $1::bigint
