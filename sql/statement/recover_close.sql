-- What was in doubt and does not show as wished, now that it can no longer take effect.
update assocd.change set state = 'unverified', message = coalesce(message, 'settled by reading: it had no effect')
where run_id = $1::bigint and state in ('applied', 'unknown')
