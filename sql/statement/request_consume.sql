-- Takes up a request to trigger, pause, resume or approve; NULL: another daemon did, or a run is wanted already.
select assocd.take_request($1::bigint, $2, $3)
