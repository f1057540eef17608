-- Sections of model files and the places of meta.vocabulary that their definitions have.

create or replace function meta.section_places()
returns table (code text, place text)
language sql
stable
security definer  -- lends: reading the list to administrators and the runner
begin atomic
  select
    s.code,
    s.place
  from meta.model_section as s
  order by s.position;
end;

comment on function meta.section_places() is 'Section and place of every row of meta.model_section, those without functions included.';

revoke all on function meta.section_places() from public;
grant execute on function meta.section_places() to pgears_admin, pgears_runner;
