-- What is wrong with a sync's source rows, most frequent first, and how many there are in all. Records that HubSpot does
-- not have, each with a text of its own, count together.
select count(*), min(message) || case when word <> 'invalid' and count(*) > 1 then ', and others' else '' end, word,
    (sum(count(*)) over ())::bigint
from (
    select message, case category when 'deleted' then 'missing' when 'merged' then 'merged' else 'invalid' end as word
    from assocd.reject where sync = $1 and origin = 'source' and last_run_id = $2::bigint) r
group by word, case when word = 'invalid' then message end
order by count(*) desc, word, min(message) limit 3
