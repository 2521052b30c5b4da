-- The rows of a plan that undoes a run.
copy assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, reason, state, message, along, origin, implied)
    from stdin
