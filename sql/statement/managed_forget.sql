-- Gone on both sides: owned no more.
delete from assocd.managed m using unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) as u(f, t, c, i)
where m.sync = $1 and $2::bigint > 0 and m.from_id = u.f and m.to_id = u.t and m.category = u.c and m.type_id = u.i
