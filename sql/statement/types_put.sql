-- The account's types of a pair of object types, as just listed.
insert into assocd.association_type (portal, from_type, to_type, category, type_id, name, label, kind)
select $1, $2, $3, * from unnest($4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
