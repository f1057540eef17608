-- Classes that a model file renames: their new codes by those that they have in the instance.
-- requires: meta.class_matches

create or replace function meta.class_renames(p_file jsonb)
returns jsonb
language sql
stable
begin atomic
  select coalesce(jsonb_object_agg(m.former, m.code), '{}')
  from meta.class_matches(p_file) as m
  where m.former is not null;
end;

comment on function meta.class_renames(jsonb) is 'Object of the codes of renamed classes of a model file: former to new.';

revoke all on function meta.class_renames(jsonb) from public;
