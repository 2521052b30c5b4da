-- The source names it and HubSpot had it already: owned from now on. Fails if one is owned already, which
-- costs half of what looking for each of them does: see managed_adopt_rest.
insert into assocd.managed (sync, from_id, to_id, category, type_id, origin, run_id)
select $1, f, t, c, i, 'adopted', $2::bigint
from unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) as u(f, t, c, i)
