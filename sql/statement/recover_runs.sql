-- The runs of a sync that ended with changes in doubt, oldest first; whether all of their requests are so long
-- over (milliseconds since we gave up waiting; of a dead process that is known to ten minutes) that what does not
-- show now never will; whether a reading said so already, as long ago; whether a day has passed, then even unread.
-- Doubts of pairs that are over go.
with over as (delete from assocd.doubt where sync = $1 and until < clock_timestamp())
select r.run_id, coalesce(max(b.given_up) < clock_timestamp() - $2::bigint * interval '1 millisecond', true),
    coalesce(r.absent_at < clock_timestamp() - $3::bigint * interval '1 millisecond', false),
    coalesce(max(b.sent_at) < clock_timestamp() - interval '1 day', true)
from assocd.run r left join (
    select run_id, sent_at, coalesce(completed_at, sent_at + interval '10 minutes') as given_up
    from assocd.batch where operation in ('create', 'archive', 'archive_labels')) b on b.run_id = r.run_id
where r.sync = $1 and r.unsettled and r.completed_at is not null
group by r.run_id order by r.run_id limit 20
