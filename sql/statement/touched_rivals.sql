-- The from-records whose rows contradicted those of changed ones ($2) when the source was read last: what is repaired in
-- one of them may let the others have what they name.
select distinct assocd.record_id(o.from_id)
from assocd.reject r join assocd.reject o using (sync, origin, category)
where r.sync = $1 and r.origin = 'source' and r.category = 'ambiguous' and assocd.record_id(r.from_id) = any ($2::bigint[])
    and assocd.record_id(o.to_id) = assocd.record_id(r.to_id)
