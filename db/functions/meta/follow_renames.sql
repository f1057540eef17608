-- A definition after renames of columns: each {{column.former}} becomes {{column.code}}.

create or replace function meta.follow_renames(p_definition jsonb, p_renames jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_definition::text;
  v_rename record;
begin
  if p_renames is null then
    return p_definition;
  end if;

  for v_rename in select r.key, r.value from jsonb_each_text(p_renames) as r loop
    v_text := meta.replace_placeholder(v_text, v_rename.key, v_rename.value);
  end loop;

  return v_text::jsonb;
end;
$$;

comment on function meta.follow_renames(jsonb, jsonb) is 'Definition with placeholders renamed; p_renames has new codes by former code.';

revoke all on function meta.follow_renames(jsonb, jsonb) from public;
