-- The owned set of a sync, a line a from-record: a line for each association would cost the reader more
-- than anything else it does. Associations are "to_id type_id category", between commas; a
-- minus says that it is released, kept only because it may come back.
copy (select from_id, string_agg(case when released_at is null then to_id else -to_id end || ' ' || type_id || ' ' || category, ',')
    from assocd.managed where sync = $1 group by from_id order by from_id) to stdout
