-- Whether a column's own limits would refuse its default.

create or replace function meta.default_mistakes(p_definition jsonb, p_path text)
returns table (code text, message text, path text, hint text)
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
    return query values (
      'PG113', format('the default "%s" breaks "%s" of its own column', left(v_default, 60), v_limit),
      p_path || '.default', 'Choose a default within the limits; a colour is written #1a2b3c.'
    );
  end if;
end;
$$;

comment on function meta.default_mistakes(jsonb, text) is 'What is wrong with the default of a column against its limits.';

revoke all on function meta.default_mistakes(jsonb, text) from public;
