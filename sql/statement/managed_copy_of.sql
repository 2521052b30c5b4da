-- The registry of some from-records in order.
copy (select from_id, to_id, category, type_id from assocd.managed where sync = current_setting('assocd.sync')
    and from_id = any (current_setting('assocd.records')::bigint[])
    order by from_id, to_id, category, type_id) to stdout
