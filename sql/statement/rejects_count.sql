-- How many rejects there are, of one sync or of all.
select count(*) from assocd.reject where $1::text is null or sync = $1
