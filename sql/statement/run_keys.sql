-- What the keys of run $1 are: object types ($2) and properties ($3) of the two sides, NULL where ids are named.
update assocd.run set key_objects = $2::text[], key_properties = $3::text[] where run_id = $1::bigint
