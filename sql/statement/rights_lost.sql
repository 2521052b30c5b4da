-- Which of these rights (rights_held) are no more.
select lost from unnest($1::text[]) as lost
where lost <> all ($2::text[])
order by lost
