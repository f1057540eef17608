-- Make the record of a message: mapped values, the script before saving, the row, the script after.
--
-- The script may change the values, name another class by "__class", raise (the message is
-- quarantined), or give null (no record: row_id is null).

create or replace function mail.make_record(
  p_received bigint,
  p_model bigint,
  p_class bigint,
  p_definition jsonb,
  p_parts jsonb,
  p_files bigint[],
  out class_id bigint,
  out row_id bigint
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message constant jsonb := p_parts || jsonb_build_object('attachments', to_jsonb(p_files), 'received_id', p_received);
  v_record jsonb;
begin
  class_id := p_class;
  v_record := mail.record_values(p_received, p_model, p_class, p_definition -> 'mapping', p_parts, p_files);

  if p_definition ? 'script' then
    execute format('select %s($1, $2)', mail.check_script(p_definition ->> 'script', 'script')::oid::regproc)
    using v_record, v_message
    into v_record;

    if v_record is null or v_record = 'null' then
      return;
    elsif jsonb_typeof(v_record) <> 'object' or coalesce(jsonb_typeof(v_record -> '__class') <> 'string', false) then
      raise exception 'the script % gave no record', p_definition ->> 'script'
        using errcode = 'PG412', hint = 'It gives values by column code, "__class" for another class, or null to refuse the message.';
    end if;

    class_id := case when v_record ? '__class' then meta.find_class(p_model, v_record ->> '__class') else p_class end;
    v_record := v_record - '__class';
  end if;

  row_id := meta.insert_record(class_id, v_record);

  if p_definition ? 'script_after' then
    execute format('select %s($1, $2, $3)', mail.check_script(p_definition ->> 'script_after', 'script_after')::oid::regproc)
    using row_id, v_record, v_message;
  end if;
end;
$$;

comment on function mail.make_record(bigint, bigint, bigint, jsonb, jsonb, bigint[]) is
'Class and id of the row that a message became; no id when the script refused it. Raises PG411, PG412, and what scripts and the insert raise.';

revoke all on function mail.make_record(bigint, bigint, bigint, jsonb, jsonb, bigint[]) from public;
