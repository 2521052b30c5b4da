-- The reading batches of a run, after the fact.
copy assocd.batch (run_id, operation, status, inputs, attempts, http_status, sent_at, completed_at, api_started_at,
    api_completed_at, correlation_id, error) from stdin
