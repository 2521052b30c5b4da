-- The runs of a sync that ended with changes in doubt, oldest first, and whether all of their requests
-- are so long over (milliseconds) that what does not show now never will; a day later even unread.
select r.run_id, coalesce(max(b.sent_at) < clock_timestamp() - $2::bigint * interval '1 millisecond', true),
    coalesce(max(b.sent_at) < clock_timestamp() - interval '1 day', true)
from assocd.run r left join assocd.batch b on b.run_id = r.run_id and b.operation in ('create', 'archive', 'archive_labels')
where r.sync = $1 and r.unsettled and r.completed_at is not null
group by r.run_id order by r.run_id limit 20
