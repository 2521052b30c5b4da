-- Which id a custom object type has, as HubSpot just said.
insert into assocd.object_type (portal_id, name, object_type_id) values ($1::bigint, $2, $3)
on conflict (portal_id, name) do update set object_type_id = excluded.object_type_id, fetched_at = clock_timestamp()
