-- A run that is to be undone: its sync, whether it has ended, what it was about, what it did and what
-- of that is still in the journal.
select r.sync, r.completed_at is not null, coalesce(r.mapping, assocd.noted_mapping(r.fingerprint)), r.created + r.archived + r.unverified,
    (select count(*) from assocd.change c where c.run_id = r.run_id
        and c.state in ('applied', 'verified', 'unverified', 'unknown')), r.status, r.created, r.archived
from assocd.run r where r.run_id = $1::bigint
