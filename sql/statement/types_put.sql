-- The account's types of a pair of object types, as just listed; another run may have listed them too.
insert into assocd.association_type (portal, api, from_type, to_type, category, type_id, name, label, kind)
select $1, $2, $3, $4, * from unnest($5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[])
on conflict (portal, api, from_type, to_type, category, type_id) do update
set name = excluded.name, label = excluded.label, kind = excluded.kind, fetched_at = clock_timestamp()
