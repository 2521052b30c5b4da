-- Are two names known to mean one object type of a portal's account?
select coalesce((select o.object_type_id from assocd.object_type o join assocd.portal p using (portal_id)
        where p.portal = $1 and o.name = $2), $2)
    = coalesce((select o.object_type_id from assocd.object_type o join assocd.portal p using (portal_id)
        where p.portal = $1 and o.name = $3), $3)
