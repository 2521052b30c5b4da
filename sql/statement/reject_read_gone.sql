-- Records that could be read after all, or that nobody asks for any more.
delete from assocd.reject where sync = $1 and origin = 'hubspot' and operation = 'read'
    and assocd.record_id(from_id) = any ($2::bigint[])
