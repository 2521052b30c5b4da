-- What a request without an answer may still do after we gave up waiting for it. Version 8.

create table assocd.doubt (
    sync text not null,
    from_id bigint not null,
    to_id bigint not null,
    until timestamptz not null default clock_timestamp() + interval '2 minutes',
    primary key (sync, from_id, to_id)
);
comment on table assocd.doubt is 'Pairs of which a create got no answer and may still be carried out, with every type that it named: until then the registry gives up nothing of them.';
comment on column assocd.doubt.sync is 'Name of the sync whose create it is.';
comment on column assocd.doubt.from_id is 'From-record.';
comment on column assocd.doubt.to_id is 'To-record.';
comment on column assocd.doubt.until is 'When it can no longer be carried out: two minutes after we gave up waiting.';

alter table assocd.managed add column released_at timestamptz;
comment on column assocd.managed.released_at is 'When it was archived and seen gone, if it is kept because its pair is in doubt (table doubt): what comes back is still ours to archive. NULL: owned.';

alter table assocd.run add column absent_at timestamptz;
comment on column assocd.run.absent_at is 'unsettled: when a complete reading first did not show what is in doubt, after its requests were over. A second one, later, is the last word.';

create function assocd.note_doubt() returns trigger language plpgsql set search_path = '' as $$
begin
    insert into assocd.doubt (sync, from_id, to_id)
    select r.sync, new.from_id, new.to_id from assocd.run r where r.run_id = new.run_id
    on conflict (sync, from_id, to_id) do update set until = excluded.until;
    return null;
end
$$;
comment on function assocd.note_doubt is 'Enters the pair of a create whose answer did not come, whoever says so.';
create trigger note_doubt after update of state on assocd.change for each row
    when (new.state = 'unknown' and old.state <> 'unknown' and new.operation = 'create')
    execute function assocd.note_doubt();
