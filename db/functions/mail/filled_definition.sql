-- Definition of a mailbox as drivers take it: presets added, parameters filled in.

create or replace function mail.filled_definition(p_definition jsonb)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return
    coalesce((select jsonb_object_agg(v.key, v.preset) from meta.vocabulary as v where v.place = 'mailbox' and v.preset is not null), '{}')
    || p_definition
    || coalesce(
      (
        select jsonb_object_agg(d.key, mail.fill_parameters(d.key, d.value #>> '{}'))
        from jsonb_each(p_definition) as d
        where jsonb_typeof(d.value) = 'string' and d.value #>> '{}' like '%{{%'
      ),
      '{}'
    );
end;
$$;

comment on function mail.filled_definition(jsonb) is 'The definition with presets and parameters. Raises PG106 for a parameter not set.';

revoke all on function mail.filled_definition(jsonb) from public;
