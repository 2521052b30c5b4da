-- Views of desired associations over tables as extractors leave them in a warehouse: one table for
-- each pair of object types with a type's id and category, or arrays of ids in a record's row. The
-- tables below only stand for yours; the views are what to copy. Three rules hold for all of them:
--
-- 1. What an extractor copied out of HubSpot says what HubSpot had, not what it should have. Join it
--    with your own decision, or use it for accounts other than the one it came from.
-- 2. Rows marked as deleted are left out. Their record stays in the view with to_id NULL, by the LEFT
--    JOIN: "this record should have none".
-- 3. Ids are cast to bigint: loaders that once met a missing value keep them as 123.0, which assocd
--    refuses.
CREATE SCHEMA IF NOT EXISTS hubspot;

CREATE TABLE hubspot.deal (
    id numeric PRIMARY KEY,
    is_deleted boolean NOT NULL DEFAULT false,
    company_ids jsonb                   -- some loaders: an array of ids or of texts
);

CREATE TABLE hubspot.deal_contact (
    deal_id numeric NOT NULL,
    contact_id numeric NOT NULL,
    type_id integer NOT NULL,
    category text NOT NULL DEFAULT 'HUBSPOT_DEFINED',
    is_deleted boolean NOT NULL DEFAULT false,
    PRIMARY KEY (deal_id, contact_id, category, type_id)
);

COMMENT ON TABLE hubspot.deal IS 'deals as an extractor leaves them';
COMMENT ON COLUMN hubspot.deal.id IS 'record id of the deal';
COMMENT ON COLUMN hubspot.deal.is_deleted IS 'the deal is gone';
COMMENT ON COLUMN hubspot.deal.company_ids IS 'record ids of its companies';
COMMENT ON TABLE hubspot.deal_contact IS 'associations from deals to contacts, one row for each type';
COMMENT ON COLUMN hubspot.deal_contact.deal_id IS 'record id of the deal';
COMMENT ON COLUMN hubspot.deal_contact.contact_id IS 'record id of the contact';
COMMENT ON COLUMN hubspot.deal_contact.type_id IS 'id of the association type, within its category';
COMMENT ON COLUMN hubspot.deal_contact.category IS 'HUBSPOT_DEFINED, USER_DEFINED or INTEGRATOR_DEFINED';
COMMENT ON COLUMN hubspot.deal_contact.is_deleted IS 'the association is gone';

-- A table for each pair:
--
--   deal-contact:
--     portal: main
--     from: deals
--     to: contacts
--     types: [plain, {category: USER_DEFINED, id: 36}]
--     source:
--       table: hubspot.desired_deal_contact
--       columns: {from_id: deal_id, to_id: contact_id, type_id: type_id, category: category}
--     policy: mirror_owned
CREATE VIEW hubspot.desired_deal_contact AS
SELECT deal.id::bigint AS deal_id, link.contact_id::bigint AS contact_id, link.type_id, link.category
FROM hubspot.deal AS deal
LEFT JOIN hubspot.deal_contact AS link ON link.deal_id = deal.id AND NOT link.is_deleted
WHERE NOT deal.is_deleted;

COMMENT ON VIEW hubspot.desired_deal_contact IS 'desired associations, deal to contact, one row for each type';

-- Arrays of ids, which have no types: a sync with the one type deal_to_company_unlabeled.
CREATE VIEW hubspot.desired_deal_company AS
SELECT deal.id::bigint AS from_id, company.id::bigint AS to_id
FROM hubspot.deal AS deal
LEFT JOIN LATERAL jsonb_array_elements_text(deal.company_ids) AS company (id) ON true
WHERE NOT deal.is_deleted;

COMMENT ON VIEW hubspot.desired_deal_company IS 'desired associations, deal to company';
