-- What a run synchronised, field by field: compared one by one. The sentence (fingerprint) stays, for people.

alter table assocd.run add column mapping text[];
alter table assocd.sync_state add column mapping text[];
comment on column assocd.run.mapping is 'What the run synchronised: from, to, account, types, source, shape, database, policy (NULL: not noted). NULL: see fingerprint, an older version noted that alone.';
comment on column assocd.sync_state.mapping is 'What the last good run synchronised, before that the first run that wrote: the fields of run.mapping; a change of one must be approved.';
comment on column assocd.run.fingerprint is 'What the run synchronised, in words: mapping as a sentence.';
comment on column assocd.sync_state.fingerprint is 'What the last good run synchronised, before that the first run that wrote, in words: mapping as a sentence.';

-- Rows of versions before this one have the sentence alone.
create function assocd.noted_mapping(p_fingerprint text) returns text[]
language sql immutable strict set search_path = '' as $$
    select array[
        pg_catalog.split_part(k.ends, ' to ', 1), nullif(pg_catalog.split_part(k.ends, ' to ', 2), ''),
        substring(p_fingerprint from ' of account ([0-9]+)'),
        substring(k.rest from ', types (.*?)(?: from .*)?$'),
        substring(k.source from '^(.*?)(?:: .*)?$'), substring(k.source from ': (.*)$'),
        substring(p_fingerprint from ', database (.*?)(?:, policy [a-z_]+)?$'),
        substring(p_fingerprint from ', policy ([a-z_]+)$')]
    from (select e.ends, e.rest, substring(e.rest from ' from (.*)$') as source
        from (select pg_catalog.split_part(p_fingerprint, ' of account ', 1) as ends, pg_catalog.regexp_replace(
            pg_catalog.regexp_replace(p_fingerprint, ', policy [a-z_]+$', ''), ', database .*$', '') as rest) e) k
$$;
comment on function assocd.noted_mapping is 'The fields of a fingerprint of an older version, as run.mapping has them.';

create or replace function assocd.claim_mapping() returns trigger language plpgsql set search_path = '' as $$
begin
    update assocd.sync_state set fingerprint = new.fingerprint, mapping = new.mapping
    where sync = new.sync and fingerprint is null;
    return null;
end
$$;
