-- A key that means another record now, and the keys beside the ids in what people read. Version 101.
alter table assocd.plan_row drop constraint change_reason_check;
-- What is there already met a stricter rule: not looked at again.
alter table assocd.plan_row add constraint change_reason_check check (reason in ('source_added', 'source_removed', 'key_moved',
    'drift_added', 'drift_removed', 'undo', 'moved', 'companion')) not valid;
comment on column assocd.change.reason is 'source_added, source_removed: the table changed; key_moved: a key that the table still holds means another record now; drift_added, drift_removed: HubSpot was changed by somebody else; undo; moved: what a create takes away from another record; companion: what goes back by itself with an undo.';

alter table assocd.run add column key_objects text[], add column key_properties text[];
comment on column assocd.run.key_objects is 'Object types (ids) of the two sides, from and to, where the source named records by keys; NULL: by ids.';
comment on column assocd.run.key_properties is 'The properties that the keys were; with key_objects they lead to assocd.record_key.';

create function assocd.key_beside(p_portal_id bigint, p_object text, p_property text, p_record_id bigint) returns text
language sql stable set search_path = '' as $$
    select k.key from assocd.record_key k
    where k.portal_id = p_portal_id and k.object = p_object and k.property = p_property
        and (k.record_id = p_record_id or k.former_id = p_record_id or k.outcome = 'ambiguous' and p_record_id = any (k.ids))
    order by k.record_id is not distinct from p_record_id desc, k.key limit 1
$$;
comment on function assocd.key_beside is 'A key that means the record, or meant it before, as it is known now; NULL: none is known.';

create or replace view assocd.pair as
select r.sync, c.from_id, c.to_id, coalesce(t.name, t.label, c.category || ':' || c.type_id) as type, c.operation,
    c.reason, c.state, c.run_id, c.batch_id, b.api_completed_at, b.correlation_id, c.message, c.merged_from,
    case when r.key_objects[1] is not null then assocd.key_beside(r.portal_id, r.key_objects[1], r.key_properties[1], c.from_id) end as from_key,
    case when r.key_objects[2] is not null then assocd.key_beside(r.portal_id, r.key_objects[2], r.key_properties[2], c.to_id) end as to_key
from assocd.change c join assocd.run r using (run_id) left join assocd.batch b using (batch_id)
left join lateral (
    select name, label from assocd.association_type t
    where t.portal = r.portal and t.category = c.category and t.type_id = c.type_id limit 1) t on true;
create or replace view assocd.drift as
select p.* from assocd.pair p
where p.reason in ('drift_added', 'drift_removed') and (p.state <> 'skipped' or p.merged_from is not null);
comment on column assocd.pair.from_key is 'A key of the from-record, where the source names it by one.';
comment on column assocd.pair.to_key is 'A key of the to-record, where the source names it by one.';
comment on column assocd.drift.from_key is 'A key of the from-record, where the source names it by one.';
comment on column assocd.drift.to_key is 'A key of the to-record, where the source names it by one.';
