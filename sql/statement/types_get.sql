-- The account's types of a pair of object types, if asked for lately.
select category, type_id, name, label, kind from assocd.association_type
where portal = $1 and api = $2 and from_type = $3 and to_type = $4
    and fetched_at > clock_timestamp() - $5::integer * interval '1 second'
order by category, type_id
