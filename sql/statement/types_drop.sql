-- Makes room for a fresh list.
delete from assocd.association_type where portal = $1 and from_type = $2 and to_type = $3
