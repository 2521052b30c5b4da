-- One run for people.
select run_id as run, sync, portal, portal_id as account, api, cause, status, plan_id as plan, undoes, started_at as started,
    completed_at as completed, desired, records, nullif(unread, 0) as unread, observed, unchanged,
    nullif(duplicates, 0) as duplicates, nullif(invalid, 0) as invalid, nullif(pending, 0) as pending, managed, to_create, to_archive,
    nullif(drift, 0) as drift, nullif(reported, 0) as reported, nullif(blocked, 0) as blocked, created, archived,
    nullif(rejected, 0) as rejected, nullif(unverified, 0) as unverified, nullif(skipped, 0) as skipped,
    nullif(withheld, 0) as withheld, nullif(abandoned, 0) as not_tried, requests, digest, guard, error
from assocd.run where run_id = $1::bigint
