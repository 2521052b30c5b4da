-- An outage is not data: what a run could not deal with waits for a later try. Version 15.

alter table assocd.run add column changes_left boolean not null default false;
comment on column assocd.run.changes_left is 'Watched changes that the run took up still wait, because it could not deal with all of them: the next run for them comes after a back-off.';
comment on column assocd.run.error is 'Why the run ended early; of one that came to its end: the first reason why something was left undone.';

-- A record whose reading HubSpot refuses waits as a refused change does.
alter table assocd.reject drop constraint reject_operation_check;
alter table assocd.reject add constraint reject_operation_check check (operation in ('create', 'archive', 'read'));
comment on column assocd.reject.operation is 'hubspot: what was refused: create, archive, or read (the associations of the from-record).';

create or replace view assocd.job_log as
select run_id, sync, portal, cause, status, started_at, completed_at, desired, observed, unchanged, created, archived,
    rejected, withheld, requests,
    case when status = 'withheld' then concat_ws('; ', guard, error) else coalesce(error, guard) end as error
from assocd.run;
comment on column assocd.reject.category is 'source: from_id, to_id, type, and merged or deleted for a record that is no more in HubSpot; hubspot: HubSpot''s error category, or merged or deleted.';
