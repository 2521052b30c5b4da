-- HubSpot has to be asked what a key means (k: what is known of it): nothing is known, or it was found out $5 milliseconds
-- before $6 or earlier, or it was not resolved then and is to be tried again.
(k.key is null
    or k.outcome = 'resolved' and k.checked_at < $6::timestamptz - $5::bigint * interval '1 ms'
    or k.outcome <> 'resolved' and k.retry_at <= $6::timestamptz)
