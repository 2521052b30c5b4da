-- The demo's data: what the CRM team wants (schema crm) and what HubSpot has before (schema demo).
-- No randomness: every run of the demo shows the same numbers.

create schema crm;

-- Which contacts belong to a deal. Loaded from an export, so its columns are text; a deal without
-- contacts has one row with NULL. Wanted: 60,000 associations of 40,000 deals, and 200 empty deals.
create table crm.deal_contact (deal_id text, contact_id text);
insert into crm.deal_contact
select 9100000000 + deal, 30100000 + (deal * 7 + nth * 13007) % 30000
from generate_series(1, 40000) as deal, generate_series(1, 1 + deal % 2) as nth;
insert into crm.deal_contact
select 9100000000 + deal, null from generate_series(40001, 40200) as deal;

-- Who is what in a company: 6,000 contacts, one label each.
create table crm.contact_company (
    contact_id bigint not null,
    company_id bigint not null,
    label text not null
);
insert into crm.contact_company
select 30100000 + contact, 700000 + contact % 1500,
    case when contact % 3 = 0 then 'Sponsor' else 'Key user' end
from generate_series(1, 6000) as contact;

create schema demo;

-- HubSpot before: 1,600 of the deals' links are missing, 400 links were made by others.
create view demo.foreign_deal_contact as
select 9100000000 + deal as deal_id, 30100000 + (deal * 11 + 5003) % 30000 as contact_id
from generate_series(100, 40000, 100) as deal;
create view demo.hubspot_deal_contact as
select deal_id::bigint, contact_id::bigint from crm.deal_contact
where contact_id is not null and deal_id::bigint % 50 <> 49
union all
select deal_id, contact_id from demo.foreign_deal_contact;

-- HubSpot before: 300 contacts carry the wrong one of the two labels.
create view demo.hubspot_contact_company as
select contact_id, company_id,
    case when contact_id % 20 <> 1 then label
        when label = 'Sponsor' then 'Key user'
        else 'Sponsor' end as label
from crm.contact_company;

-- Rows by e-mail address and domain, for the last chapter.
create table crm.contact_domain (email text, domain text);
