-- Says which records of which sync's registry managed_copy_of is about.
select set_config('assocd.sync', $1, false), set_config('assocd.records', $2, false)
