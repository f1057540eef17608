-- Make or change a frame; the notifications inside of it are compiled anew.
-- requires: flow.compile_notification

create or replace function flow.set_frame(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing frames to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_default constant text := (select l.code from meta.language as l where l.is_default);
  v_key text;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'frame');
  perform meta.check_definition('frame', p_definition, '$');

  select k.key into v_key
  from jsonb_each(p_definition) as k
  cross join lateral jsonb_each_text(meta.localized(k.value)) as t
  where k.key in ('html', 'text')
    and (
      (select count(*) from regexp_matches(t.value, '\{\{\s*content\s*\}\}', 'g')) <> 1
      or not meta.localized(k.value) ? v_default
    )
  limit 1;

  if v_key is not null or not p_definition ?| array['html', 'text'] then
    raise exception 'the frame "%" has no place for the content', p_code
      using
        errcode = 'PG427',
        detail = '$' || coalesce('.' || v_key, ''),
        hint = format('Write {{content}} once into "html" and "text", in the default language %s at least.', v_default);
  end if;

  if p_definition::text ~ '\{\{\s*column\.' then
    raise exception 'the frame "%" names a column', p_code
      using errcode = 'PG427', detail = '$', hint = 'A frame surrounds mails about any class: columns belong into the notification.';
  end if;

  insert into flow.frame as f (model_id, code, definition)
  values (p_model, p_code, p_definition)
  on conflict (model_id, code) do update
  set definition = excluded.definition
  returning f.id into v_id;

  perform flow.compile_notification(n.id)
  from flow.notification as n
  where n.frame_id = v_id;

  return v_id;
end;
$$;

comment on function flow.set_frame(bigint, text, jsonb) is
'Id of a frame, made or changed. Keys: html, text. Raises PG110 to PG112, PG425, PG427.';

revoke all on function flow.set_frame(bigint, text, jsonb) from public;
grant execute on function flow.set_frame(bigint, text, jsonb) to pgears_admin;
