-- The registry in order, page by page (keyset).
select from_id, to_id, category, type_id from assocd.managed
where sync = $1 and (from_id, to_id, category, type_id) > ($2::bigint, $3::bigint, $4, $5::bigint)
order by from_id, to_id, category, type_id limit $6::integer
