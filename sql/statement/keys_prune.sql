-- Keys that no source has named for $1 days, 60 at least: named ones are asked for again within 30. Some at a time. How many went.
with gone as (
    delete from assocd.record_key where ctid = any (array(
        select ctid from assocd.record_key where checked_at < clock_timestamp() - greatest($1::integer, 60) * interval '1 day' limit 20000))
    returning 1)
select count(*) from gone
