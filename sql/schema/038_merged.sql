-- A link that came with a merge is known as such by the job log, and not by what a text says. Version 38.
alter table assocd.change add column merged_from bigint;
comment on column assocd.change.merged_from is 'archive, skipped: the record that had this link before HubSpot merged it into one of these two. Later runs keep the link for it, until it is removed in HubSpot, or named by the source and dropped again.';
create index change_merged on assocd.change (from_id, to_id) where merged_from is not null;

create or replace view assocd.pair as
select r.sync, c.from_id, c.to_id, coalesce(t.name, t.label, c.category || ':' || c.type_id) as type, c.operation,
    c.reason, c.state, c.run_id, c.batch_id, b.api_completed_at, b.correlation_id, c.message, c.merged_from
from assocd.change c join assocd.run r using (run_id) left join assocd.batch b using (batch_id)
left join lateral (
    select name, label from assocd.association_type t
    where t.portal = r.portal and t.category = c.category and t.type_id = c.type_id limit 1) t on true;
create or replace view assocd.drift as
select p.* from assocd.pair p
where p.reason in ('drift_added', 'drift_removed') and (p.state <> 'skipped' or p.merged_from is not null);
comment on view assocd.drift is 'Changes that somebody else made in HubSpot, as the runs found them, with what came by a merge and is kept (merged_from); not what else was left out (state skipped), such as a link that the source names from its other record.';
