-- What custom object types are called. Version 14.

create table assocd.object_type (
    portal_id bigint not null,
    name text not null,
    object_type_id text not null check (object_type_id ~ '^[02]-[0-9]+$'),
    fetched_at timestamptz not null default clock_timestamp(),
    primary key (portal_id, name)
);
comment on table assocd.object_type is 'Names of custom object types that syncs are configured with, and the ids HubSpot gives them. A cache: it may be emptied.';
comment on column assocd.object_type.portal_id is 'Account id in HubSpot.';
comment on column assocd.object_type.name is 'The name as configured, such as p_vendor.';
comment on column assocd.object_type.object_type_id is 'HubSpot''s id of the object type, such as 2-123.';
comment on column assocd.object_type.fetched_at is 'When HubSpot said so.';
