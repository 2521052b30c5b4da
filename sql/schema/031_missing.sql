-- What became of a missing from-record is kept with its reject, so that HubSpot is not asked again in every run. Version 31.
alter table assocd.reject add column merged_into bigint;
comment on column assocd.reject.merged_into is 'source, merged, of a from-record: the record that it was merged into.';
comment on column assocd.reject.retry_at is 'hubspot: not tried again before this time; source: HubSpot is not asked before this time what became of the from-record, unless the run may archive.';
