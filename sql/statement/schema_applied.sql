-- Remembers a migration.
insert into assocd.schema_version (version) values ($1::integer)
