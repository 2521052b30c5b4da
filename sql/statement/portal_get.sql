-- Whose token was it, and how long ago was that asked (seconds).
select portal_id, time_zone, extract(epoch from clock_timestamp() - checked_at)::bigint, token_stamp
from assocd.portal where portal = $1
