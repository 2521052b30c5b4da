-- The assocd schema, version 1: accounts, runs, plans, batches, ownership, rejects, approvals, rate.
create schema if not exists assocd;
comment on schema assocd is 'assocd: keeps HubSpot associations equal to a table. All state of the tool; safe to read at any time.';

create table assocd.schema_version (
    version integer primary key,
    applied_at timestamptz not null default clock_timestamp(),
    applied_by text not null default current_user
);
comment on table assocd.schema_version is 'Migrations applied, one row each.';
comment on column assocd.schema_version.version is 'Number of the migration.';
comment on column assocd.schema_version.applied_at is 'When it was applied.';
comment on column assocd.schema_version.applied_by is 'Database role that applied it.';

create table assocd.portal (
    portal text primary key,
    portal_id bigint not null,
    time_zone text not null,
    token_stamp text,
    checked_at timestamptz not null default clock_timestamp()
);
comment on table assocd.portal is 'HubSpot accounts by their name in the configuration: the answer to "whose token is this", kept for some minutes.';
comment on column assocd.portal.portal is 'Name of the portal in the configuration.';
comment on column assocd.portal.portal_id is 'HubSpot account id (hub_id) that the token belongs to.';
comment on column assocd.portal.time_zone is 'Time zone of the account: its daily limit ends at midnight there.';
comment on column assocd.portal.token_stamp is 'Which token file the answer is about (device, inode, size, time of change; never the token); NULL: always ask again.';
comment on column assocd.portal.checked_at is 'When HubSpot was asked.';

create table assocd.association_type (
    portal text not null references assocd.portal on delete cascade,
    api text not null,
    from_type text not null,
    to_type text not null,
    category text not null,
    type_id bigint not null,
    name text,
    label text,
    kind text not null check (kind in ('plain', 'primary', 'label')),
    fetched_at timestamptz not null default clock_timestamp(),
    primary key (portal, api, from_type, to_type, category, type_id)
);
comment on table assocd.association_type is 'The association types each account lists, kept for some minutes; gives ids their names.';
comment on column assocd.association_type.portal is 'Name of the portal in the configuration.';
comment on column assocd.association_type.api is 'Dialect it was listed in: v3 tells names, the others labels.';
comment on column assocd.association_type.from_type is 'Object type the association points from, as configured.';
comment on column assocd.association_type.to_type is 'Object type the association points to, as configured.';
comment on column assocd.association_type.category is 'HUBSPOT_DEFINED, USER_DEFINED, ...: part of the key, ids collide between categories.';
comment on column assocd.association_type.type_id is 'Type id in this direction.';
comment on column assocd.association_type.name is 'The v3 name, if known.';
comment on column assocd.association_type.label is 'The label text; NULL for the plain type, or if unknown (v3).';
comment on column assocd.association_type.kind is 'plain (unlabelled), primary, or label.';
comment on column assocd.association_type.fetched_at is 'When the account listed it.';

create table assocd.sync_state (
    sync text primary key,
    portal text not null,
    epoch bigint not null default 0,
    fingerprint text,
    good_run_id bigint,
    good_desired bigint,
    good_at timestamptz
);
comment on table assocd.sync_state is 'What must be remembered of a sync between runs.';
comment on column assocd.sync_state.sync is 'Name of the sync in the configuration.';
comment on column assocd.sync_state.portal is 'Name of its portal.';
comment on column assocd.sync_state.epoch is 'Fencing number: raised by every run that takes the lock; a run whose number is no longer current can journal nothing and so send nothing.';
comment on column assocd.sync_state.fingerprint is 'What the last good run synchronised (object types, types, source, policy, account); a change of it must be approved.';
comment on column assocd.sync_state.good_run_id is 'The last run whose desired rows were accepted by all guards.';
comment on column assocd.sync_state.good_desired is 'Desired rows of that run: what the shrink guard compares with.';
comment on column assocd.sync_state.good_at is 'When that run ended.';

create table assocd.run (
    run_id bigint generated always as identity primary key,
    sync text not null,
    portal text not null,
    portal_id bigint,
    api text not null,
    cause text not null check (cause in ('manual', 'plan', 'apply', 'schedule', 'trigger', 'watch', 'undo')),
    status text not null check (status in ('planning', 'planned', 'withheld', 'applying', 'verifying',
        'succeeded', 'no_change', 'partial', 'refused', 'failed', 'canceled', 'interrupted', 'deferred')),
    started_at timestamptz not null default clock_timestamp(),
    completed_at timestamptz,
    plan_id bigint references assocd.run,
    digest text,
    epoch bigint not null,
    host text not null,
    pid integer not null,
    desired bigint not null default 0,
    records bigint not null default 0,
    unread bigint not null default 0,
    observed bigint not null default 0,
    unchanged bigint not null default 0,
    duplicates bigint not null default 0,
    invalid bigint not null default 0,
    managed bigint not null default 0,
    to_create bigint not null default 0,
    to_archive bigint not null default 0,
    drift bigint not null default 0,
    reported bigint not null default 0,
    blocked bigint not null default 0,
    created bigint not null default 0,
    archived bigint not null default 0,
    rejected bigint not null default 0,
    unverified bigint not null default 0,
    skipped bigint not null default 0,
    withheld bigint not null default 0,
    requests bigint not null default 0,
    guard text,
    error text,
    constraint completed_in_end_states check ((completed_at is null) = (status in ('planning', 'applying', 'verifying')))
);
create index run_by_sync on assocd.run (sync, run_id desc);
create index run_under_way on assocd.run (sync) where completed_at is null;
comment on table assocd.run is 'One row a run: what was asked, found, done, and how it ended. A saved plan is a run that stopped after planning; its run_id is the plan''s number.';
comment on column assocd.run.run_id is 'Number of the run, and of the plan it made.';
comment on column assocd.run.sync is 'Name of the sync.';
comment on column assocd.run.portal is 'Name of the portal.';
comment on column assocd.run.portal_id is 'HubSpot account id, once HubSpot was asked.';
comment on column assocd.run.api is 'Dialect: v3, v4, 2026-03, 2026-09.';
comment on column assocd.run.cause is 'Who wanted it: manual (assocd run), plan, apply, schedule, trigger, watch, undo.';
comment on column assocd.run.status is 'planning, applying, verifying while it works; planned, withheld, succeeded, no_change, partial, refused, failed, canceled, interrupted, deferred at its end.';
comment on column assocd.run.started_at is 'When the run took its lock.';
comment on column assocd.run.completed_at is 'When the run ended; NULL while it works.';
comment on column assocd.run.plan_id is 'apply: the plan that was applied.';
comment on column assocd.run.digest is 'sha256 over the plan''s changes; what an approval is bound to.';
comment on column assocd.run.epoch is 'Fencing number of the run (sync_state.epoch).';
comment on column assocd.run.host is 'Host the worker ran on.';
comment on column assocd.run.pid is 'Process id of the worker on that host.';
comment on column assocd.run.desired is 'Distinct valid desired associations in the source.';
comment on column assocd.run.records is 'From-records in scope.';
comment on column assocd.run.unread is 'From-records that could not be read completely; nothing is changed for them.';
comment on column assocd.run.observed is 'Associations of managed types that HubSpot had on the records in scope.';
comment on column assocd.run.unchanged is 'Associations equal on both sides.';
comment on column assocd.run.duplicates is 'Desired rows that repeated another one exactly.';
comment on column assocd.run.invalid is 'Desired rows that cannot be meant (see reject); while there are any, nothing is archived.';
comment on column assocd.run.managed is 'Associations in the registry when the run began.';
comment on column assocd.run.to_create is 'Creates planned.';
comment on column assocd.run.to_archive is 'Archives planned.';
comment on column assocd.run.drift is 'Changes whose reason is a change in HubSpot, not in the source.';
comment on column assocd.run.reported is 'Drift that is only reported (on_drift: report).';
comment on column assocd.run.blocked is 'Archives not planned because they would take an unmanaged label with them.';
comment on column assocd.run.created is 'Creates applied.';
comment on column assocd.run.archived is 'Archives applied.';
comment on column assocd.run.rejected is 'Changes HubSpot refused.';
comment on column assocd.run.unverified is 'Changes that could not be seen in HubSpot afterwards.';
comment on column assocd.run.skipped is 'Changes left out: quarantined, or no longer in the plan being applied.';
comment on column assocd.run.withheld is 'Archives withheld by a guard.';
comment on column assocd.run.requests is 'Requests sent to HubSpot, retries included.';
comment on column assocd.run.guard is 'The guard that withheld or refused, in its own words.';
comment on column assocd.run.error is 'Why the run failed; NULL if it did not.';

create table assocd.batch (
    batch_id bigint generated always as identity primary key,
    run_id bigint not null references assocd.run on delete cascade,
    operation text not null check (operation in ('read', 'create', 'archive', 'archive_labels', 'verify')),
    status text not null check (status in ('sent', 'done', 'partial', 'failed', 'unknown', 'not_sent')),
    inputs integer not null,
    attempts integer not null default 0,
    http_status integer,
    sent_at timestamptz not null default clock_timestamp(),
    completed_at timestamptz,
    api_started_at timestamptz,
    api_completed_at timestamptz,
    correlation_id text,
    error text
);
create index batch_by_run on assocd.batch (run_id, batch_id);
comment on table assocd.batch is 'One row an API batch. For writes the row is committed as sent before the request leaves.';
comment on column assocd.batch.batch_id is 'Number of the batch.';
comment on column assocd.batch.run_id is 'The run it belongs to.';
comment on column assocd.batch.operation is 'read, create, archive, archive_labels, verify.';
comment on column assocd.batch.status is 'sent: the answer is not known (yet); done: every input answered; partial: some inputs refused or unanswered; failed: nothing applied; unknown: no answer, it may have been applied; not_sent: stopped before it left.';
comment on column assocd.batch.inputs is 'Inputs in the request.';
comment on column assocd.batch.attempts is 'Requests really sent for it, retries and pages included.';
comment on column assocd.batch.http_status is 'HTTP status of the last attempt.';
comment on column assocd.batch.sent_at is 'Our clock (the database''s): when it was about to leave.';
comment on column assocd.batch.completed_at is 'Our clock: when its answer was journaled.';
comment on column assocd.batch.api_started_at is 'HubSpot''s startedAt.';
comment on column assocd.batch.api_completed_at is 'HubSpot''s completedAt.';
comment on column assocd.batch.correlation_id is 'HubSpot''s correlation id: what its support asks for.';
comment on column assocd.batch.error is 'What HubSpot, or the wire, said when it went wrong.';

create table assocd.change (
    run_id bigint not null references assocd.run on delete cascade,
    operation text not null check (operation in ('create', 'archive')),
    ordinal bigint not null,
    from_id bigint not null,
    to_id bigint not null,
    category text not null,
    type_id bigint not null,
    reason text not null check (reason in ('source_added', 'source_removed', 'drift_added', 'drift_removed', 'undo')),
    state text not null default 'planned' check (state in ('planned', 'withheld', 'blocked', 'reported', 'skipped',
        'abandoned', 'sent', 'applied', 'rejected', 'unknown', 'verified', 'unverified')),
    along text[],
    batch_id bigint,
    message text,
    primary key (run_id, operation, ordinal)
) with (fillfactor = 70);
create index change_by_record on assocd.change (run_id, from_id);
comment on table assocd.change is 'The plan and what became of it: one row for each association to create or archive.';
comment on column assocd.change.run_id is 'The run (plan) it belongs to.';
comment on column assocd.change.operation is 'create or archive.';
comment on column assocd.change.ordinal is 'Position in the plan, from 1, for each operation.';
comment on column assocd.change.from_id is 'From-record.';
comment on column assocd.change.to_id is 'To-record.';
comment on column assocd.change.category is 'Category of the association type.';
comment on column assocd.change.type_id is 'Type id, in the direction from -> to.';
comment on column assocd.change.reason is 'source_added, source_removed: the table changed; drift_added, drift_removed: HubSpot was changed by somebody else; undo.';
comment on column assocd.change.state is 'planned -> sent -> applied -> verified or unverified; sent -> rejected (HubSpot refused it) or unknown (no answer; settled by reading back). Never sent: withheld (by a guard), blocked (by an unmanaged label), reported, skipped, abandoned.';
comment on column assocd.change.along is 'create: types (CATEGORY:id) that are on the pair already and are sent along, because a create may replace what it does not name.';
comment on column assocd.change.batch_id is 'The batch that carried it last.';
comment on column assocd.change.message is 'Why it was rejected, skipped or blocked.';

create table assocd.managed (
    sync text not null,
    from_id bigint not null,
    to_id bigint not null,
    category text not null,
    type_id bigint not null,
    origin text not null check (origin in ('created', 'adopted')),
    run_id bigint not null,
    since timestamptz not null default clock_timestamp(),
    primary key (sync, from_id, to_id, category, type_id)
);
comment on table assocd.managed is 'The registry: associations a sync owns. mirror_owned archives nothing else. Losing rows here means fewer archives, never more.';
comment on column assocd.managed.sync is 'Name of the sync that owns it.';
comment on column assocd.managed.from_id is 'From-record.';
comment on column assocd.managed.to_id is 'To-record.';
comment on column assocd.managed.category is 'Category of the association type.';
comment on column assocd.managed.type_id is 'Type id, in the direction from -> to.';
comment on column assocd.managed.origin is 'created: by assocd; adopted: the source named it and HubSpot already had it.';
comment on column assocd.managed.run_id is 'The run that entered it.';
comment on column assocd.managed.since is 'When it was entered.';

create table assocd.reject (
    reject_id bigint generated always as identity primary key,
    sync text not null,
    origin text not null check (origin in ('source', 'hubspot')),
    operation text check (operation in ('create', 'archive')),
    from_id text,
    to_id text,
    type text,
    category text not null,
    message text not null,
    correlation_id text,
    attempts integer not null default 1,
    first_run_id bigint not null,
    last_run_id bigint not null,
    first_seen timestamptz not null default clock_timestamp(),
    last_seen timestamptz not null default clock_timestamp(),
    retry_at timestamptz
);
create unique index reject_key on assocd.reject
    (sync, origin, coalesce(from_id, ''), coalesce(to_id, ''), coalesce(type, ''));
comment on table assocd.reject is 'Desired rows that cannot be meant (origin source) and changes HubSpot refused (origin hubspot, retried at retry_at).';
comment on column assocd.reject.reject_id is 'Number of the reject.';
comment on column assocd.reject.sync is 'Name of the sync.';
comment on column assocd.reject.origin is 'source: a row of the table; hubspot: a refused input.';
comment on column assocd.reject.operation is 'hubspot: what was refused, create or archive.';
comment on column assocd.reject.from_id is 'from_id as the source wrote it; NULL if it was NULL.';
comment on column assocd.reject.to_id is 'to_id as the source wrote it.';
comment on column assocd.reject.type is 'source: the type as written; hubspot: CATEGORY:id.';
comment on column assocd.reject.category is 'source: from_id, to_id, type; hubspot: HubSpot''s error category.';
comment on column assocd.reject.message is 'What is wrong with it, in HubSpot''s words where it said so.';
comment on column assocd.reject.correlation_id is 'HubSpot''s correlation id of the refusal.';
comment on column assocd.reject.attempts is 'Runs in which it was refused.';
comment on column assocd.reject.first_run_id is 'The run that met it first.';
comment on column assocd.reject.last_run_id is 'The run that met it last.';
comment on column assocd.reject.first_seen is 'When it was met first.';
comment on column assocd.reject.last_seen is 'When it was met last.';
comment on column assocd.reject.retry_at is 'hubspot: not tried again before this time.';

create table assocd.plan_approval (
    approval_id bigint generated always as identity primary key,
    plan_id bigint not null references assocd.run on delete cascade,
    digest text not null,
    approved_by text not null default session_user,
    reason text,
    approved_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    used_by_run_id bigint,
    used_at timestamptz
);
create index plan_approval_by_plan on assocd.plan_approval (plan_id);
comment on table assocd.plan_approval is 'Approvals of withheld or refused plans: bound to the plan''s digest, used once, expiring.';
comment on column assocd.plan_approval.approval_id is 'Number of the approval.';
comment on column assocd.plan_approval.plan_id is 'The plan.';
comment on column assocd.plan_approval.digest is 'The digest the approver saw; another plan is not approved by it.';
comment on column assocd.plan_approval.approved_by is 'Database role that approved.';
comment on column assocd.plan_approval.reason is 'Why, in the approver''s words.';
comment on column assocd.plan_approval.approved_at is 'When.';
comment on column assocd.plan_approval.expires_at is 'Not usable after this.';
comment on column assocd.plan_approval.used_by_run_id is 'The run that used it.';
comment on column assocd.plan_approval.used_at is 'When it was used.';

create table assocd.budget (
    account text primary key,
    granted_at double precision[] not null default '{}',
    next_slot integer not null default 1,
    share double precision not null default 1 check (share > 0 and share <= 1),
    share_changed_at timestamptz not null default clock_timestamp(),
    held_until timestamptz not null default '-infinity',
    held_by text,
    day date,
    day_requests bigint not null default 0
);
comment on table assocd.budget is 'The rate bucket of each HubSpot account, shared by every process and host on this database.';
comment on column assocd.budget.account is 'HubSpot account id; until it is known, the name of the portal.';
comment on column assocd.budget.granted_at is 'Ring of the last permits'' times (seconds since 1970), as many as the ceiling.';
comment on column assocd.budget.next_slot is 'Oldest place of the ring.';
comment on column assocd.budget.share is 'Part of the ceiling in use: halved by a 429, growing back in quiet minutes.';
comment on column assocd.budget.share_changed_at is 'When share last changed.';
comment on column assocd.budget.held_until is 'No permit before this: HubSpot asked the account to wait.';
comment on column assocd.budget.held_by is 'policyName of the answer that asked.';
comment on column assocd.budget.day is 'Day in the account''s time zone that day_requests counts.';
comment on column assocd.budget.day_requests is 'Permits granted that day.';
