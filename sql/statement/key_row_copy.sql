-- Rows of a source with keys, as they come.
copy pg_temp.key_row (from_key, from_id, to_key, to_id, type) from stdin
