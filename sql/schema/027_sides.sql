-- What a run takes from another from-record of a to-record, and what came by itself as it was seen. Version 27.

alter table assocd.change add column moved_to bigint, add column came text[];
comment on column assocd.change.moved_to is 'reason moved: the from-record whose create takes the type away, where it is the to-record that can have it only once. NULL: another association of the same from-record takes it.';
comment on column assocd.change.came is 'create of a link, seen in HubSpot: types (CATEGORY:id) that a to-record can have only once and that were on the link then, without being asked for. NULL: not looked at.';
drop trigger no_rewrite on assocd.change;
create trigger no_rewrite before update of run_id, operation, ordinal, from_id, to_id, category, type_id, reason, along, implied, moved_to
    on assocd.change for each row execute function assocd.refuse_rewrite();
