-- The digest an approval is bound to.
select assocd.plan_digest($1::bigint)
