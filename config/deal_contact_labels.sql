-- A view of desired associations with labels, for a sync such as
--
--   deal-contact:
--     portal: main
--     from: deals
--     to: contacts
--     types: [plain, "Decision maker", "Billing contact"]
--     source: {table: crm.deal_contact_label, columns: {type: label}}
--     policy: mirror_owned
--
-- Names of your own columns: source.columns. A label is a v3 name, the text of a label, plain,
-- primary, or CATEGORY:id such as USER_DEFINED:36. Because the view starts from the deals and joins
-- their roles from the left, a deal without any contact has one row with to_id NULL, which says
-- that it should have none; without that row assocd would not look at the deal at all (or, if it
-- once managed associations of it, would archive those).
CREATE SCHEMA IF NOT EXISTS crm;

CREATE TABLE crm.deal (
    deal_id bigint PRIMARY KEY CHECK (deal_id > 0)
);

CREATE TABLE crm.deal_role (
    deal_id bigint NOT NULL REFERENCES crm.deal,
    contact_id bigint NOT NULL CHECK (contact_id > 0),
    label text NOT NULL DEFAULT 'plain',
    PRIMARY KEY (deal_id, contact_id, label)
);

CREATE VIEW crm.deal_contact_label AS
SELECT deal.deal_id AS from_id, role.contact_id AS to_id, role.label
FROM crm.deal AS deal
LEFT JOIN crm.deal_role AS role USING (deal_id);

COMMENT ON TABLE crm.deal IS 'the deals whose contacts are kept equal';
COMMENT ON COLUMN crm.deal.deal_id IS 'record id of the deal in HubSpot';
COMMENT ON TABLE crm.deal_role IS 'who has which role in a deal';
COMMENT ON COLUMN crm.deal_role.deal_id IS 'record id of the deal';
COMMENT ON COLUMN crm.deal_role.contact_id IS 'record id of the contact';
COMMENT ON COLUMN crm.deal_role.label IS 'the association''s type or label';
COMMENT ON VIEW crm.deal_contact_label IS 'desired associations, deal to contact, one row a label';
