-- Which labels of links within one object type are the two sides of one is kept, and what the source names from the
-- other record is nobody's drift. Version 21.

create table assocd.reciprocal (
    portal_id bigint not null,
    object_type_id text not null,
    category text not null,
    type_id bigint not null,
    other_category text,
    other_type_id bigint,
    evidence text not null check (evidence in ('list', 'link', 'doubt')),
    run_id bigint not null,
    learnt_at timestamptz not null default clock_timestamp(),
    primary key (portal_id, object_type_id, category, type_id),
    check ((other_type_id is null) = (evidence = 'doubt') and (other_category is null) = (evidence = 'doubt'))
);
comment on table assocd.reciprocal is 'Which association type the other record sees where one sees this one, for links between records of one object type: found out by runs, because HubSpot''s list of labels does not say it. Without a row, what may be the other side of something the source names is not archived.';
comment on column assocd.reciprocal.portal_id is 'Account id in HubSpot.';
comment on column assocd.reciprocal.object_type_id is 'The object type of both records, such as 0-1.';
comment on column assocd.reciprocal.category is 'HUBSPOT_DEFINED, USER_DEFINED, ...: part of the key, ids collide between categories.';
comment on column assocd.reciprocal.type_id is 'Type id as one record sees it.';
comment on column assocd.reciprocal.other_category is 'Category of the type that the other record sees; NULL: not known (doubt).';
comment on column assocd.reciprocal.other_type_id is 'Id of the type that the other record sees; the same one for a symmetric label.';
comment on column assocd.reciprocal.evidence is 'What has shown it. link: a link that was read from both records; list: the account''s list has one name for the two; doubt: a link has contradicted what was kept, and archives wait for a reading that tells.';
comment on column assocd.reciprocal.run_id is 'The run that found it out.';
comment on column assocd.reciprocal.learnt_at is 'When it was found out.';

-- While a run plans, what looked like drift, or blocked, may turn out to be the other side of a link that the source
-- names, or that the run archives.
create or replace function assocd.refuse_change_move() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (old.state, new.state) in (('reported', 'skipped'), ('blocked', 'skipped'), ('blocked', 'planned'))
        and exists (select from assocd.run where run_id = old.run_id and status = 'planning') then
        return new;
    end if;
    raise exception using errcode = 'check_violation', message = format(
        'assocd.change: %s %s of run %s cannot go from %s to %s', old.operation, old.ordinal, old.run_id, old.state, new.state);
end
$$;
comment on function assocd.refuse_change_move is 'Trigger: refuses a move of change.state that the journal does not know, or knows only while the run plans.';
drop trigger ended_stays on assocd.change;
create trigger ended_stays before update on assocd.change for each row
    when (old.state in ('blocked', 'reported', 'skipped', 'abandoned', 'rejected', 'verified') and old is distinct from new
        and (old.state, new.state) not in (('reported', 'skipped'), ('blocked', 'skipped'), ('blocked', 'planned')))
    execute function assocd.keep_ended();

create or replace view assocd.drift as
select p.* from assocd.pair p where p.reason in ('drift_added', 'drift_removed') and p.state <> 'skipped';
comment on view assocd.drift is 'Changes that somebody else made in HubSpot, as the runs found them; not what was left out (state skipped), such as a link that the source names from its other record.';
