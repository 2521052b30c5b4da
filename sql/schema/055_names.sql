-- What an account has told once of a label's name stays known.
comment on table assocd.association_type is 'The association types each account lists, asked for again after some minutes; gives ids their names. A name stays known as long as its type is listed, also while HubSpot does not tell it.';
