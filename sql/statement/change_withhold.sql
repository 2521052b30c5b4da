-- A guard withholds the archives of a plan, or all of it.
update assocd.change set state = 'withheld'
where run_id = $1::bigint and (operation = 'archive' or $2::boolean) and state = 'planned'
