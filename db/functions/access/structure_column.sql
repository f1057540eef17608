-- Find a column that a structure is made of, and refuse one of another kind.
--
-- p_target is the class that it must refer to, null for accounts.
-- requires: meta.effective_column

create or replace function access.structure_column(p_class bigint, p_code text, p_key text, p_target bigint, p_several boolean)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.effective_column;
begin
  if p_code is null then
    raise exception 'the key "%" of the structure is missing', p_key
      using errcode = 'PG112', detail = '$', hint = 'It takes the code of a column.';
  end if;

  select e.* into v_column from meta.effective_column as e where e.class_id = p_class and e.code = p_code;

  if v_column.type is distinct from 'reference'
    or v_column.is_array <> p_several
    or (p_target is null and not v_column.target_user)
    or (p_target is not null and v_column.targets <> array[p_target])
  then
    raise exception '"%" of class % cannot be the % of a structure', p_code, meta.class_path(p_class), p_key
      using
        errcode = 'PG911',
        detail = '$.' || p_key,
        hint = format(
          'It must be a reference to %s with %s.',
          case when p_target is null then 'users' else meta.class_path(p_target) end,
          case when p_several then 'multiple: true' else 'one value' end
        );
  end if;

  return v_column.column_id;
end;
$$;

comment on function access.structure_column(bigint, text, text, bigint, boolean) is
'Id of a column for a key of a structure. Raises PG112 (missing), PG911 (does not fit).';

revoke all on function access.structure_column(bigint, text, text, bigint, boolean) from public;
