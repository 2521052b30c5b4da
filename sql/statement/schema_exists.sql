-- Is there an assocd schema?
select to_regclass('assocd.schema_version') is not null
