-- What still does not show after the last reading.
select assocd.move_plan($1::bigint, null, '{applied,unknown}', 'unverified')
