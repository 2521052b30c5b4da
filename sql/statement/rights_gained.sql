-- Which of these rights (rights_held) were not there before, and are of none of our roles: default privileges of
-- whoever made the objects gave them.
select gained from unnest($1::text[]) as gained
where gained <> all ($2::text[]) and gained !~ ' from assocd_(daemon|operator|reader|writer)$'
order by gained
