-- Says which run's archives twin_copy is about: COPY takes no parameters.
select set_config('assocd.run', $1, false)
