-- What came of a request.
update assocd.signal set outcome = $2 where signal_id = $1::bigint
