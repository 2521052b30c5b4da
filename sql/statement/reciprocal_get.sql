-- Which types of an object type's own links are the two sides of one, as earlier runs found out.
select category, type_id, other_category, other_type_id, evidence from assocd.reciprocal
where portal_id = $1::bigint and object_type_id = $2
order by category, type_id
