-- What none of these syncs has taken up for a week, some at a time: a mistake, or of a sync that is no more. A
-- full run makes up for what another configuration may miss.
delete from assocd.touched where ctid = any (array(
    select t.ctid from assocd.touched t
    where t.sync <> all ($1::text[]) and t.touched_at < clock_timestamp() - interval '7 days' limit 10000))
