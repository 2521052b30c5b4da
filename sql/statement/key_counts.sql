-- How many rows wait for their keys, and why: missing, ambiguous, unread. And of how many.
select count(*) filter (where 'missing' = o.outcome), count(*) filter (where 'ambiguous' = o.outcome),
    count(*) filter (where 'unread' = o.outcome), count(*)
from pg_temp.key_row r
    left join pg_temp.key_meaning f on f.side = 0 and f.key = r.from_key
    left join pg_temp.key_meaning t on t.side = 1 and t.key = r.to_key
    cross join lateral (select case when 'unread' in (f.outcome, t.outcome) then 'unread'
        when 'ambiguous' in (f.outcome, t.outcome) then 'ambiguous' when 'missing' in (f.outcome, t.outcome) then 'missing' end as outcome) o
