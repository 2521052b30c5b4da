-- Fails (22023) if PostgreSQL does not know this time zone.
select clock_timestamp() at time zone $1
