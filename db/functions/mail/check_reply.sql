-- Refuse what could not save answers: keys that miss each other, columns that do not fit.

create or replace function mail.check_reply(p_model bigint, p_class bigint, p_definition jsonb)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_column meta.effective_column;
  v_unknown text;
begin
  if not p_definition ? 'reply_class' then
    if p_definition ?| array['reply_column', 'reply_mapping', 'reply_sets'] then
      raise exception 'the mailbox says how answers are saved, but not as what'
        using errcode = 'PG428', detail = '$', hint = 'Give "reply_class", or leave the other keys of answers out.';
    end if;
    return null;
  end if;

  v_class := meta.find_class(p_model, p_definition ->> 'reply_class');
  select e.* into v_column
  from meta.effective_column as e
  where e.class_id = v_class and e.code = p_definition ->> 'reply_column';

  if v_column.type is distinct from 'reference' or v_column.is_array or v_column.targets <> array[p_class] then
    raise exception 'answers need a column of % that refers to %', meta.class_path(v_class), meta.class_path(p_class)
      using errcode = 'PG428', detail = '$.reply_column', hint = 'Name a single reference to the class of the mailbox alone.';
  end if;

  perform mail.check_mapping(p_model, v_class, coalesce(p_definition -> 'reply_mapping', '{}'));

  select s.code into v_unknown
  from jsonb_object_keys(coalesce(p_definition -> 'reply_sets', '{}')) as s (code)
  where not exists (select from meta.effective_column as e where e.class_id = p_class and e.code = s.code and e.stored and e.type <> 'calculated')
  limit 1;

  if v_unknown is not null then
    raise exception 'answers set the column "%", which % has not', v_unknown, meta.class_path(p_class)
      using errcode = 'PG428', detail = '$.reply_sets.' || v_unknown, hint = 'Name stored columns of the class of the mailbox.';
  end if;

  return v_class;
end;
$$;

comment on function mail.check_reply(bigint, bigint, jsonb) is
'Class of the answers of a mailbox, null for none. Raises PG428, and what mail.check_mapping() raises.';

revoke all on function mail.check_reply(bigint, bigint, jsonb) from public;
