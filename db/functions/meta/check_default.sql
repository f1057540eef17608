-- Refuse a default that the column's own limits would refuse.

create or replace function meta.check_default(p_definition jsonb, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := p_definition ->> 'type';
  v_default constant text := p_definition ->> 'default';
  v_limit text;
begin
  if v_default is null or v_default in ('today', 'now') then
    return;
  end if;

  v_limit := case
    when meta.is_above(v_type, p_definition ->> 'min', v_default) then 'min'
    when meta.is_above(v_type, v_default, p_definition ->> 'max') then 'max'
    when char_length(v_default) < (p_definition ->> 'min_length')::numeric then 'min_length'
    when char_length(v_default) > coalesce((p_definition ->> 'max_length')::numeric, case when v_type = 'text' then 255 end) then 'max_length'
    when v_default !~ (p_definition ->> 'pattern') then 'pattern'
    when v_type = 'colour' and v_default !~ '^#[0-9a-fA-F]{6}$' then 'type'
  end;

  if v_limit is not null then
    raise exception 'the default "%" breaks "%" of its own column', left(v_default, 60), v_limit
      using errcode = 'PG113', detail = p_path || '.default', hint = 'Choose a default within the limits; a colour is written #1a2b3c.';
  end if;
end;
$$;

comment on function meta.check_default(jsonb, text) is 'Check the default of a column against its limits. Raises PG113.';

revoke all on function meta.check_default(jsonb, text) from public;
