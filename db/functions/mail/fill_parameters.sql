-- A value of a mailbox with {{app.par.code}} replaced by the parameters of the instance.

create or replace function mail.fill_parameters(p_key text, p_value text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_value text := p_value;
  v_parameter text;
begin
  for v_parameter in
    select p.found[1] from regexp_matches(p_value, '\{\{\s*app[.]par[.]([a-z0-9_.-]+)\s*\}\}', 'g') as p (found)
  loop
    if core.parameter(v_parameter) is null then
      raise exception 'the % of the mailbox names the parameter "%", which is not set', p_key, v_parameter
        using errcode = 'PG106', hint = 'Set it with core.set_parameter().';
    end if;
    v_value := regexp_replace(
      v_value,
      '\{\{\s*app[.]par[.]' || replace(v_parameter, '.', '[.]') || '\s*\}\}',
      replace(core.parameter(v_parameter), '\', '\\')
    );
  end loop;

  return v_value;
end;
$$;

comment on function mail.fill_parameters(text, text) is 'The value with parameters filled in. Raises PG106 for one not set.';

revoke all on function mail.fill_parameters(text, text) from public;
