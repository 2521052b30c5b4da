-- A row with an empty cell and one with NULL in its place are two rejects, as the plan counts them. Version 52.
drop index assocd.reject_key;
create unique index reject_key on assocd.reject
    (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type));
