-- Daemons for assocd status; gone: ten seconds later than it said.
select host, pid, version, syncs, date_trunc('second', started_at) as started_at, date_trunc('second', seen_at) as seen_at,
    case when coalesce(next_at, seen_at) > clock_timestamp() - interval '10 seconds' then 'alive' else 'gone' end as state
from assocd.daemon order by seen_at desc limit 100
