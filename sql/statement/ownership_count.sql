-- How many associations the sync owns.
select count(*) from assocd.managed where sync = $1
