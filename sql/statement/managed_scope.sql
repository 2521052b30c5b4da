-- Says which sync's registry managed_copy is about: COPY takes no parameters.
select set_config('assocd.sync', $1, false)
