-- Whose token it is.
insert into assocd.portal (portal, portal_id, time_zone, token_stamp) values ($1, $2::bigint, $3, $4)
on conflict (portal) do update set portal_id = excluded.portal_id, time_zone = excluded.time_zone,
    token_stamp = excluded.token_stamp, checked_at = clock_timestamp()
