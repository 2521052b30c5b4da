-- The plan's rows.
copy assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, reason, state, message, along, implied) from stdin
