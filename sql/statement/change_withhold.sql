-- A guard withholds the archives of a plan, or all of it.
select assocd.move_plan($1::bigint, case when not $2::boolean then 'archive' end, '{planned}', 'withheld')
