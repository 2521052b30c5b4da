-- The registry of a sync in order.
copy (select from_id, to_id, category, type_id from assocd.managed where sync = current_setting('assocd.sync')
    order by from_id, to_id, category, type_id) to stdout
