-- Makes room for a fresh list.
delete from assocd.association_type where portal = $1 and api = $2 and from_type = $3 and to_type = $4
