-- Takes up a request for a run of sync $3, unless another one waits (that another daemon took up meanwhile): a
-- back-off is over, it is due at once. A plan is approved in the name of who asked, bound to its digest, for an
-- hour.
with free as (
    select from assocd.sync_state where sync = $3 and wanted is null for update),
claimed as (
    update assocd.signal set handled_at = clock_timestamp(), handled_by = $2, outcome = $4
    from free where signal_id = $1::bigint and handled_at is null
    returning signal_id, verb, run_id, requested_by, reason),
approved as (
    insert into assocd.plan_approval (plan_id, digest, approved_by, reason, expires_at)
    select c.run_id, r.digest, c.requested_by, c.reason, clock_timestamp() + interval '1 hour'
    from claimed c join assocd.run r on r.run_id = c.run_id where c.verb = 'approve')
update assocd.sync_state s set wanted = c.signal_id, retry_at = null, changed_at = clock_timestamp()
from claimed c where s.sync = $3
returning s.sync
