-- Files of a message for a part of the mapping, attachments or inline_images; null for none.
--
-- Pictures that the HTML shows are attachments as well, unless the mapping has another
-- place for them.

create or replace function mail.mapped_files(p_part text, p_mapping jsonb, p_parts jsonb, p_files jsonb)
returns jsonb
language sql
immutable
begin atomic
  select
    case
      when p_part = 'inline_images' then nullif(p_parts -> 'inline_images', '[]')
      when p_parts ? 'inline_images' and exists (select from jsonb_each_text(p_mapping) as m where btrim(m.value) = 'inline_images') then (
        select jsonb_agg(f.id order by f.place)
        from jsonb_array_elements(p_files) with ordinality as f (id, place)
        where not p_parts -> 'inline_images' @> f.id
      )
      else nullif(p_files, '[]')
    end;
end;

comment on function mail.mapped_files(text, jsonb, jsonb, jsonb) is 'Ids of the files that a part of a mapping takes; null for none.';

revoke all on function mail.mapped_files(text, jsonb, jsonb, jsonb) from public;
