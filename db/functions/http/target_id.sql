-- Id of the target named as model.target, or by its code: in the model given first, else where that is unique.

create or replace function http.target_id(p_name text, p_model bigint default null)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select t.id
    from http.target as t
    inner join meta.model as m on t.model_id = m.id
    where p_name in (t.code, m.code || '.' || t.code)
    order by t.model_id is distinct from p_model, t.id
  );

  if v_ids = '{}' or cardinality(v_ids) > 1 and not exists (
    select from http.target as t where t.id = v_ids[1] and t.model_id = p_model and t.code = p_name
  ) then
    raise exception '% targets are named "%"', case when v_ids = '{}' then 'no' else 'several' end, p_name
      using errcode = 'PG541', hint = '"pgears http targets" shows them; write model.target.';
  end if;

  return v_ids[1];
end;
$$;

comment on function http.target_id(text, bigint) is 'Id of a target by its name. Raises PG541 unless there is exactly one.';

revoke all on function http.target_id(text, bigint) from public;
