-- A table of desired associations by business keys: e-mail addresses of contacts, and a number of one's own of
-- companies. In the configuration:
--   source: {table: crm.contact_company_keys, columns: {from_key: email, to_key: company_no}}
--   keys: {from: {property: email}, to: {property: erp_company_no}}
-- erp_company_no is a property of companies that was made in HubSpot with unique values.
CREATE SCHEMA IF NOT EXISTS crm;

CREATE TABLE crm.contact_company_keys (
    email text NOT NULL CHECK (email = lower(trim(email)) AND email LIKE '%_@_%'),
    company_no text NOT NULL CHECK (company_no = trim(company_no) AND company_no <> ''),
    PRIMARY KEY (email, company_no)
);

COMMENT ON TABLE crm.contact_company_keys IS 'contacts and the companies they belong to in HubSpot, by business keys';
COMMENT ON COLUMN crm.contact_company_keys.email IS 'e-mail address of the contact';
COMMENT ON COLUMN crm.contact_company_keys.company_no IS 'number of the company, property erp_company_no in HubSpot';
