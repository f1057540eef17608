-- The table to which a reference points, for a foreign key.
--
-- A class that others inherit from is represented by its family table, which holds the ids
-- of its rows and those of its descendants.

create or replace function meta.link_target(p_class bigint)
returns text
language sql
stable
begin atomic
  select
    case
      when exists (select from meta.class as c where c.parent_id = p_class) then 'data.family_' || p_class
      else 'data.datarow_' || p_class
    end;
end;

comment on function meta.link_target(bigint) is 'Table that a foreign key to a class refers to: the class table, or the family table of a class with children.';

revoke all on function meta.link_target(bigint) from public;
