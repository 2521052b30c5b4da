-- The rate budget of every account for assocd status. A bucket under a portal's name is of the questions
-- asked before the account was known; once it is, it says nothing.
select coalesce(p.portal, b.account) as portal, b.account,
    (select count(*) from assocd.permit g where g.account = b.account and g.granted_at > clock_timestamp() - interval '10 s') as last_10s,
    case when b.day = (clock_timestamp() at time zone coalesce(p.time_zone, 'UTC'))::date then b.day_requests
        + (select count(*) from assocd.permit g where g.account = b.account and g.granted_at > b.counted_to) else 0 end as today,
    round(b.share * 100)::integer as percent_of_ceiling,
    case when b.held_until > clock_timestamp() then date_trunc('second', b.held_until) end as held_until,
    case when b.held_until > clock_timestamp() then b.held_by end as held_by
from assocd.budget b left join assocd.portal p on p.portal_id::text = b.account
where not exists (select from assocd.portal k where k.portal = b.account) order by 1
