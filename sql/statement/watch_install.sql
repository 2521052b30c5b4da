-- Makes a table watched.
select assocd.watch($1, $2, $3, $4, $5)
