-- Rows of several from-records that name what a to-record can have only once have a category of their own. Version 33.
comment on column assocd.reject.category is 'source: from_id, to_id, type; ambiguous: several from-records name what the to-record can have only once; merged or deleted for a record that is no more in HubSpot; hubspot: HubSpot''s error category, or merged or deleted.';
