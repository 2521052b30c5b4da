-- A table of desired associations, as the example sync contact-company in assocd.yaml reads it.
-- One row: this contact belongs to this company. Ids are HubSpot's record ids. The key keeps
-- duplicates out and lets assocd read the rows in order without sorting them.
CREATE SCHEMA IF NOT EXISTS crm;

CREATE TABLE crm.contact_company (
    from_id bigint NOT NULL CHECK (from_id > 0),
    to_id bigint NOT NULL CHECK (to_id > 0),
    PRIMARY KEY (from_id, to_id)
);

COMMENT ON TABLE crm.contact_company IS 'contacts and the companies they belong to in HubSpot';
COMMENT ON COLUMN crm.contact_company.from_id IS 'record id of the contact';
COMMENT ON COLUMN crm.contact_company.to_id IS 'record id of the company';

-- The role that assocd reads it with needs no more than this:
--   GRANT USAGE ON SCHEMA crm TO assocd;
--   GRANT SELECT ON crm.contact_company TO assocd;
