-- Makes a table watched.
select assocd.watch($2, $1, $3, $4, $5, $6::boolean)
