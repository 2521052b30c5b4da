-- What the owned set said of an archived association stays with its change, so that an undo can enter it again as it was.
        case when c.operation = 'create' then c.origin
            else coalesce((select m.origin from assocd.managed m where m.sync = $2 and m.from_id = c.from_id
                and m.to_id = c.to_id and m.category = c.category and m.type_id = c.type_id), 'foreign') end as origin
