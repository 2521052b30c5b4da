-- Archives that must not be done any more, and why.
select assocd.move_changes($1::bigint, 'archive', $2::bigint[], '{planned}', 'skipped', $3::text[])
