-- What a run ($3) found out of types: their other side, or that what was kept is doubtful.
insert into assocd.reciprocal
    (portal_id, object_type_id, category, type_id, other_category, other_type_id, evidence, run_id)
select $1::bigint, $2, u.c, u.i, u.oc, case when u.oc is not null then u.oi end, u.e, $3::bigint
from unnest($4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::text[]) as u(c, i, oc, oi, e)
on conflict (portal_id, object_type_id, category, type_id) do update
set other_category = excluded.other_category, other_type_id = excluded.other_type_id, evidence = excluded.evidence,
    run_id = excluded.run_id, learnt_at = clock_timestamp()
