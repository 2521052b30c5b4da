-- The association types of an account are kept by the ids of its object types. Version 28.

comment on column assocd.association_type.from_type is 'Id of the object type that the association points from, such as 0-1 (before version 28: as configured).';
comment on column assocd.association_type.to_type is 'Id of the object type that the association points to (before version 28: as configured).';
