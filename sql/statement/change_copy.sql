-- The plan's rows.
copy assocd.change (run_id, operation, ordinal, from_id, to_id, category, type_id, reason, state, message, along, implied) from stdin
