-- The keys that mean a record ($4), by what the sync says of those that several records have ($5: on_many).
select k.key from assocd.record_key k join assocd.portal p on p.portal_id = k.portal_id
    cross join lateral (select $5::text as on_many) side
where p.portal = $1 and k.object = $2 and k.property = $3
    and (k.record_id = $4::bigint or k.outcome = 'ambiguous' and $4::bigint = any (k.ids))
    and $4::bigint = any (
\ir ../part/key_means.sql
    )
order by k.key limit 1000
