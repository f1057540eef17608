-- Refuse a model file with anything wrong that can be told before it is applied.

create or replace function meta.check_model(p_file jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform meta.raise_mistakes(coalesce(
    (
      select jsonb_agg(to_jsonb(m) order by m.position)
      from meta.model_mistakes(p_file) with ordinality as m (code, message, path, hint, position)
    ),
    '[]'
  ));
end;
$$;

comment on function meta.check_model(jsonb) is 'Check a model file. Raises PG101 to PG106, PG110 to PG116, PG120, PG123, PG124, PG170.';

revoke all on function meta.check_model(jsonb) from public;
