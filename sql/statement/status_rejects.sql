-- Rejects for assocd status.
select sync, origin, count(*) as rejects, date_trunc('second', min(retry_at) filter (where origin = 'hubspot')) as next_try
from assocd.reject group by sync, origin order by sync, origin
