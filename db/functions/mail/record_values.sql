-- Values of the record that a message becomes, by column code.
--
-- Empty parts are left out, so that defaults of the class apply. A lookup that finds no
-- row, or more than one, leaves its reference empty.

create or replace function mail.record_values(
  p_received bigint,
  p_model bigint,
  p_class bigint,
  p_mapping jsonb,
  p_parts jsonb,
  p_files bigint[]
)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_entry record;
  v_value jsonb;
  v_values jsonb := jsonb_build_object();
  v_ids bigint[];
begin
  for v_entry in
    select m.key, l.path, e.is_array
    from jsonb_each_text(p_mapping) as m
    cross join lateral regexp_match(m.value, '^\s*([a-z_]+)\s*(?:->\s*([a-z0-9_.-]+)[.]([a-z][a-z0-9_-]*)\s*)?$') as l (path)
    left join meta.effective_column as e on e.class_id = p_class and m.key = e.code
  loop
    if v_entry.path[1] in ('attachments', 'inline_images') then
      v_value := mail.mapped_files(v_entry.path[1], p_mapping, p_parts, to_jsonb(p_files));
    elsif v_entry.path[1] = 'raw' then
      v_value := (
        select to_jsonb(core.store_file('message.eml', 'message/rfc822', r.raw)) from mail.received as r where r.id = p_received
      );
      v_value := case when v_entry.is_array then jsonb_build_array(v_value) else v_value end;
    else
      v_value := to_jsonb(nullif(p_parts ->> v_entry.path[1], ''));
    end if;

    if v_entry.path[2] is not null and v_value is not null then
      v_ids := mail.find_rows(meta.find_class(p_model, v_entry.path[2]), v_entry.path[3], v_value #>> '{}');
      v_value := case when cardinality(v_ids) = 1 then to_jsonb(v_ids[1]) end;
    end if;

    if v_value is not null then
      v_values := v_values || jsonb_build_object(v_entry.key, v_value);
    end if;
  end loop;

  return v_values;
end;
$$;

comment on function mail.record_values(bigint, bigint, bigint, jsonb, jsonb, bigint[]) is
'Values by column code of the record that a received message becomes.';

revoke all on function mail.record_values(bigint, bigint, bigint, jsonb, jsonb, bigint[]) from public;
