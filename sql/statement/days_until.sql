-- Days from today until a date.
select $1::date - current_date
