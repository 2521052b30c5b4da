-- Other syncs that ran beside this one ($1) in the last days, are none of the caller's configuration ($2), and may mean
-- some of the same: of the account ($3) the same object types ($4, $5) with one of its types ($6), or turned round. Two
-- that only create ($7) do each other no harm.
select s.sync, to_char(s.run_started_at, 'YYYY-MM-DD HH24:MI TZ'), s.mapping[4], s.mapping[1], s.mapping[2]
from assocd.sync_state s
where s.sync <> all ($2::text[]) and s.mapping[3] = $3 and s.run_started_at > now() - interval '7 days'
    and (s.mapping[8] is distinct from 'create_only' or $7::text <> 'create_only')
    and ((s.mapping[1], s.mapping[2]) = ($4, $5) and string_to_array(s.mapping[4], ', ') && $6::text[]
        or $4 <> $5 and (s.mapping[1], s.mapping[2]) = ($5, $4))
    -- One that was renamed into this one has not run since.
    and not exists (
        select from assocd.sync_state o where o.sync = $1 and o.run_id is not null and not exists (
            select from assocd.run r where r.sync = $1 and r.started_at < s.run_started_at))
order by s.sync
