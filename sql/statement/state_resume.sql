-- A run that was stopped because its daemon stopped goes on as soon as one is there again.
update assocd.sync_state set retry_at = clock_timestamp(), changed_at = clock_timestamp()
where sync = $1 and run_status = 'canceled'
