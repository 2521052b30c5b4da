-- The records that a key means, by what is known of it (k) and what the sync says of those that several records have
-- (side.on_many); NULL: it is not resolved.
case when k.outcome = 'resolved' then array[k.record_id]
    when k.outcome = 'ambiguous' and side.on_many = 'oldest' then k.ids[1:1]
    when k.outcome = 'ambiguous' and side.on_many = 'all' and not k.more then k.ids end
