-- Records that the source does not name and that are no more: the registry lets go of what it owned of them.
delete from assocd.managed where sync = $1 and from_id = any ($2::bigint[])
