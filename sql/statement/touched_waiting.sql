-- Which of these syncs have rows that wait: of those that nobody configured any number may be there.
select given.sync from unnest($1::text[]) as given(sync)
where exists (select from assocd.touched t where t.sync = given.sync) order by given.sync
