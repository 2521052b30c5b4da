-- The indexes of version 35, where a database had passed that number before they came. Version 45.
create index if not exists change_by_pair on assocd.change (from_id, to_id);
create index if not exists change_drift on assocd.change (run_id) where reason in ('drift_added', 'drift_removed');
create index if not exists batch_by_time on assocd.batch (sent_at);
create index if not exists batch_by_api_time on assocd.batch (api_started_at) where api_started_at is not null;
create index if not exists batch_by_correlation on assocd.batch (correlation_id) where correlation_id is not null;
create index if not exists batch_gone_wrong on assocd.batch (batch_id) where status in ('partial', 'failed', 'unknown');
create index if not exists run_by_time on assocd.run (started_at);
create index if not exists run_gone_wrong on assocd.run (run_id)
    where status in ('partial', 'refused', 'failed', 'canceled', 'interrupted', 'deferred', 'withheld');
-- The runs that have a last word on the plans that wait.
create index if not exists run_full on assocd.run (sync, run_id desc) where completed_at is not null and cause not in ('watch', 'apply');
drop index if exists assocd.run_stopped;
