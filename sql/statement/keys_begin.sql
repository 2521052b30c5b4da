-- Begins a reading of a source with keys; the moment that answers of before are told from those of now.
select clock_timestamp() from assocd.begin_keys()
