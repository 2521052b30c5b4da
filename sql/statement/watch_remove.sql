-- Ends watching; how many triggers there were.
select assocd.unwatch($1)
