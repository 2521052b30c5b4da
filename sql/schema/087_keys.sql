-- Records that a source names by a business key (an e-mail address, a number of one's own). Version 87.
create table assocd.record_key (
    portal_id bigint not null,
    object text not null,
    property text not null,
    key text not null,
    outcome text not null check (outcome in ('resolved', 'missing', 'ambiguous')),
    record_id bigint,
    ids bigint[] not null default '{}',
    former_id bigint,
    moved_at timestamptz,
    attempts integer not null default 1,
    first_seen timestamptz not null default clock_timestamp(),
    checked_at timestamptz not null default clock_timestamp(),
    retry_at timestamptz,
    message text,
    primary key (portal_id, object, property, key),
    check (outcome <> 'resolved' or record_id is not null)
);
-- Which keys mean a record: for people, and for records that a plan changes.
create index record_key_by_record on assocd.record_key (portal_id, object, record_id);
create index record_key_by_former on assocd.record_key (portal_id, object, former_id) where former_id is not null;
create index record_key_by_age on assocd.record_key (checked_at);
comment on table assocd.record_key is 'Which record of an account a business key means, as HubSpot said last. What a key meant before protects that record''s associations while the key cannot be resolved, so the table is not to be emptied.';
comment on column assocd.record_key.portal_id is 'The account.';
comment on column assocd.record_key.object is 'Id of the object type: 0-1 is contacts, 0-2 companies.';
comment on column assocd.record_key.property is 'Internal name of the property that holds the key.';
comment on column assocd.record_key.key is 'The key in the spelling it is compared in: e-mail addresses in lower case.';
comment on column assocd.record_key.outcome is 'resolved: record_id has it; missing: no record has it; ambiguous: several have, see ids.';
comment on column assocd.record_key.record_id is 'The record that it means or, unless it is resolved, that it meant last.';
comment on column assocd.record_key.ids is 'ambiguous: the records that have it.';
comment on column assocd.record_key.former_id is 'The record that it meant before record_id.';
comment on column assocd.record_key.moved_at is 'When it was seen to have moved from former_id to record_id.';
comment on column assocd.record_key.attempts is 'How often it was asked for in a row without being resolved.';
comment on column assocd.record_key.first_seen is 'When it was asked for first.';
comment on column assocd.record_key.checked_at is 'When HubSpot answered for it last.';
comment on column assocd.record_key.retry_at is 'Not resolved: not asked for again before this time.';
comment on column assocd.record_key.message is 'What a person should know of the answer; NULL: nothing.';

alter table assocd.run add column pending bigint not null default 0;
comment on column assocd.run.pending is 'Desired rows that wait because HubSpot does not resolve their keys; assocd.reject lists them (origin key).';

create or replace view assocd.job_log as
select run_id, sync, portal, cause, status, started_at, completed_at, desired, observed, unchanged, created, archived,
    rejected, withheld, requests,
    case when status = 'withheld' then concat_ws('; ', guard, error) else coalesce(error, guard) end as error, pending
from assocd.run;

alter table assocd.reject drop constraint reject_origin_check;
alter table assocd.reject add constraint reject_origin_check check (origin in ('source', 'hubspot', 'key'));
comment on table assocd.reject is 'Desired rows that are invalid (origin source), changes HubSpot refused (origin hubspot, retried at retry_at), and desired rows whose keys are not resolved (origin key).';
comment on column assocd.reject.origin is 'source: a row of the table; hubspot: a refused input; key: a row that waits for its key.';
comment on column assocd.reject.from_id is 'from_id as the source wrote it, or its key; NULL if it was NULL.';
comment on column assocd.reject.to_id is 'to_id as the source wrote it, or its key.';
comment on column assocd.reject.category is 'source: from_id, to_id, type; ambiguous: several from-records name what the to-record can have only once; merged or deleted for a record that is no more in HubSpot; hubspot: HubSpot''s error category, or merged or deleted; key: missing, ambiguous or unread.';
comment on column assocd.reject.retry_at is 'hubspot: not tried again before this time; source: HubSpot is not asked before this time what became of the from-record, unless the run may archive; key: HubSpot is not asked for the key before this time.';

-- What a run reads of a source with keys: tables of its session, gone with it. Called before every reading.
create function assocd.begin_keys() returns void
language plpgsql set search_path = '' set client_min_messages = warning as $$
begin
    drop table if exists pg_temp.key_row, pg_temp.key_name, pg_temp.key_meaning, pg_temp.key_again;
    -- The rows; a side has a key, or an id, or (to_id) neither.
    create temporary table key_row (from_key text, from_id bigint, to_key text, to_id bigint, type integer not null);
    -- Their keys, each once; side 0 is from, 1 to.
    create temporary table key_name (side smallint not null, key text not null, primary key (side, key));
    -- What they mean in this run, and what they protect: records that get no archives while it is not resolved.
    create temporary table key_meaning (side smallint not null, key text not null, outcome text not null, record_id bigint,
        held bigint[], primary key (side, key));
    -- Keys that are asked for once more, because the plan writes by them.
    create temporary table key_again (side smallint not null, key text not null, primary key (side, key));
end
$$;
comment on function assocd.begin_keys is 'Makes the tables in which a run resolves the keys of its source''s rows.';
