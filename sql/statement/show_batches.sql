-- A run's batches for people.
select batch_id as batch, operation, status, inputs, attempts, http_status as http,
    to_char(sent_at at time zone 'UTC', 'HH24:MI:SS.MS"Z"') as sent, to_char(completed_at at time zone 'UTC', 'HH24:MI:SS.MS"Z"') as completed,
    to_char(api_started_at at time zone 'UTC', 'HH24:MI:SS.MS"Z"') as api_started, to_char(api_completed_at at time zone 'UTC', 'HH24:MI:SS.MS"Z"') as api_completed,
    correlation_id, error
from assocd.batch where run_id = $1::bigint order by batch_id limit $2::bigint
