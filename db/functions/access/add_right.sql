-- Add one entry of a role's rights: one object, what is allowed there, and on which rows.
-- requires: access.operations meta.effective_column

create or replace function access.add_right(p_role bigint, p_model bigint, p_right jsonb, p_path text)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_right access.role_right;
  v_kinds text[];
  v_structure access.structure;
  v_column meta.effective_column;
  v_name text;
  v_hint text;
begin
  perform meta.check_definition('right', p_right, p_path);
  v_kinds := array(select k.key from jsonb_object_keys(p_right) as k (key) where access.operations(k.key) is not null order by k.key);

  if cardinality(v_kinds) <> 1 then
    raise exception 'a right names one object, not %', cardinality(v_kinds)
      using errcode = 'PG914', detail = p_path, hint = 'Give one of class, query, import, export, workflow, job, script, event, page.';
  end if;

  v_right.role_id := p_role;
  v_right.model_id := p_model;
  v_right.kind := v_kinds[1];
  v_name := p_right ->> v_right.kind;

  begin
    if v_right.kind = 'class' then
      v_right.class_id := meta.find_class(p_model, v_name);
    elsif v_right.kind = 'query' then
      v_right.query_id := access.find_query(p_model, v_name);
    elsif v_name like '%.%' or v_right.kind = 'event' then
      v_right.object := v_name;
    else
      v_right.object := (select m.code from meta.model as m where m.id = p_model) || '.' || v_name;
    end if;

    if v_right.kind = 'class' and coalesce(p_right ->> 'scope', 'all') <> 'all' then
      v_structure := access.find_structure(p_model, p_right ->> 'scope');
    end if;
  exception
    when sqlstate 'PG106' or sqlstate 'PG114' or sqlstate 'PG912' then
      get stacked diagnostics v_hint = pg_exception_hint;
      raise exception '%', sqlerrm using errcode = sqlstate, detail = p_path, hint = v_hint;
  end;

  if coalesce(p_right ->> 'scope', 'all') <> 'all' then
    if v_right.kind <> 'class' then
      raise exception 'a right on a % has no scope', v_right.kind
        using errcode = 'PG914', detail = p_path || '.scope', hint = 'Leave it out; rows have scopes, and only classes have rows.';
    end if;

    select e.* into v_column from meta.effective_column as e where e.class_id = v_right.class_id and e.code = p_right ->> 'column';

    if (v_structure.kind = 'manager' and v_column.target_user is not true)
      or (v_structure.kind <> 'manager' and (v_column.type is distinct from 'reference' or v_column.targets <> array[v_structure.class_id]))
    then
      raise exception 'the rows of class % are not divided by structure "%"', meta.class_path(v_right.class_id), v_structure.code
        using
          errcode = 'PG914',
          detail = p_path || '.column',
          hint = format(
            'Name a column of the class that refers to %s.',
            case when v_structure.kind = 'manager' then 'users' else meta.class_path(v_structure.class_id) end
          );
    end if;

    v_right.structure_id := v_structure.id;
    v_right.column_id := v_column.column_id;
    v_right.depth := coalesce((p_right ->> 'depth')::integer, 0);

    if v_right.depth not between 0 and v_structure.max_depth then
      raise exception 'the right cannot reach % levels down', v_right.depth
        using
          errcode = 'PG914',
          detail = p_path || '.depth',
          hint = format('0 means own units only; structure "%s" reaches %s levels down.', v_structure.code, v_structure.max_depth);
    end if;
  elsif p_right ?| array['column', 'depth'] then
    raise exception '"column" and "depth" belong to a scope'
      using errcode = 'PG914', detail = p_path, hint = 'Give "scope" with the code of a structure, or leave them out.';
  end if;

  v_right.hidden := access.hidden_columns(v_right.class_id, p_right -> 'hide', p_path);

  for v_right.operation in
    select a.value from jsonb_array_elements_text(p_right -> 'allow') as a (value)
  loop
    if v_right.operation <> all (access.operations(v_right.kind)) then
      raise exception 'there is no right to "%" a %', v_right.operation, v_right.kind
        using
          errcode = 'PG914',
          detail = p_path || '.allow',
          hint = meta.nearest(v_right.operation, access.operations(v_right.kind))
            || 'Choose among ' || array_to_string(access.operations(v_right.kind), ', ') || '.';
    end if;

    insert into access.role_right (
      role_id, model_id, kind, class_id, query_id, object, operation, structure_id, column_id, depth, hidden
    )
    select
      p_role, p_model, v_right.kind, v_right.class_id, v_right.query_id, v_right.object, v_right.operation,
      -- Mass rights are about the statement; which rows it reaches, the other rights say.
      case when v_right.operation not like 'mass%' then v_right.structure_id end,
      case when v_right.operation not like 'mass%' then v_right.column_id end,
      case when v_right.operation not like 'mass%' then v_right.depth end,
      case when v_right.operation in ('read', 'insert', 'change') then v_right.hidden else '{}' end
    on conflict do nothing;
  end loop;

  return jsonb_build_object(
    'class', v_right.class_id, 'query', v_right.query_id, 'scope', v_right.structure_id, 'column', v_right.column_id, 'hide', v_right.hidden
  );
end;
$$;

comment on function access.add_right(bigint, bigint, jsonb, text) is
'Part of access.set_role(): store one entry of its rights; gives the ids of what it names. Raises PG110 to PG114, PG912, PG914.';

revoke all on function access.add_right(bigint, bigint, jsonb, text) from public;
