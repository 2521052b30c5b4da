-- What the sync meant when the saved plan was made; NULL: an old plan, which has not noted it.
select coalesce(mapping, assocd.noted_mapping(fingerprint)) from assocd.run where run_id = $1::bigint
