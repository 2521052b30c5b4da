-- Version of the assocd schema.
select coalesce(max(version), 0) from assocd.schema_version
