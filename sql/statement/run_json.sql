-- One run as JSON, under the names of its columns.
select row_to_json(j) from (
    select run_id, coalesce(plan_id, run_id) as plan_id, undoes, sync, portal, portal_id, api, cause, status, started_at, completed_at,
        desired, records, unread, observed, unchanged, duplicates, invalid, pending, managed, to_create, to_archive, drift, reported,
        blocked, created, archived, rejected, unverified, skipped, withheld, abandoned, requests, digest, guard, error
    from assocd.run where run_id = $1::bigint) j
