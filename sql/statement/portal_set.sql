-- Whose token it is. Types listed by another account are not this one's.
with foreign_types as (
    delete from assocd.association_type t using assocd.portal p
    where t.portal = $1 and p.portal = $1 and p.portal_id <> $2::bigint)
insert into assocd.portal (portal, portal_id, time_zone, token_stamp) values ($1, $2::bigint, $3, $4)
on conflict (portal) do update set portal_id = excluded.portal_id, time_zone = excluded.time_zone,
    token_stamp = excluded.token_stamp, checked_at = clock_timestamp()
