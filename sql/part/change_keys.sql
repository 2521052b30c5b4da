-- Keys of the two records of change c of run r, where the source names them by keys.
cross join lateral (
    select case when r.key_objects[1] is not null
            then assocd.key_beside(r.portal_id, r.key_objects[1], r.key_properties[1], c.from_id) end as from_key,
        case when r.key_objects[2] is not null
            then assocd.key_beside(r.portal_id, r.key_objects[2], r.key_properties[2], c.to_id) end as to_key) k
