-- Make or change a mailbox: checked against the class before a message is read.

create or replace function mail.set_mailbox(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing mailboxes to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_reply_class bigint;
  v_every interval;
  v_id bigint;
begin
  perform meta.check_code(p_code, 'mailbox');
  perform meta.check_definition('mailbox', p_definition, '$');
  v_class := meta.find_class(p_model, p_definition ->> 'class');
  perform mail.check_driver(p_definition);
  perform mail.check_mapping(p_model, v_class, p_definition -> 'mapping');
  v_reply_class := mail.check_reply(p_model, v_class, p_definition);

  begin
    v_every := coalesce(p_definition ->> 'poll_every', '1 minute')::interval;
  exception
    when invalid_datetime_format or datetime_field_overflow or interval_field_overflow then
      v_every := null;
  end;

  if v_every is null or v_every < interval '1 second' or v_every > interval '1 day' then
    raise exception '"poll_every" cannot be "%"', p_definition ->> 'poll_every'
      using errcode = 'PG111', detail = '$.poll_every', hint = 'Write a time from 1 second to 1 day, such as 30 seconds or 5 minutes.';
  elsif (p_definition ->> 'batch_size')::integer not between 1 and 1000 then
    raise exception '"batch_size" cannot be %', p_definition ->> 'batch_size'
      using errcode = 'PG111', detail = '$.batch_size', hint = 'Write a number from 1 to 1000.';
  end if;

  perform mail.check_script(p_definition ->> s.key, s.key, access.current_account())
  from unnest(array['script', 'script_after']) as s (key)
  where p_definition ? s.key;

  insert into mail.mailbox as b (model_id, code, class_id, reply_class_id, enabled, definition, poll_every)
  values (p_model, p_code, v_class, v_reply_class, coalesce((p_definition ->> 'enabled')::boolean, true), p_definition, v_every)
  on conflict (model_id, code) do update
  set
    class_id = excluded.class_id,
    reply_class_id = excluded.reply_class_id,
    enabled = excluded.enabled,
    definition = excluded.definition,
    poll_every = excluded.poll_every,
    -- Another folder is read from its beginning; keys tell apart what was read.
    cursor = case when mail.same_folder(b.definition, excluded.definition) then b.cursor end,
    token_expires = case when b.definition -> 'refresh_token' = excluded.definition -> 'refresh_token' then b.token_expires end,
    due = '-infinity'
  returning b.id into v_id;

  return v_id;
end;
$$;

comment on function mail.set_mailbox(bigint, text, jsonb) is
'Id of a mailbox, made or changed. Keys: see meta.vocabulary. Raises PG106, PG110 to PG114, PG411, PG428.';

revoke all on function mail.set_mailbox(bigint, text, jsonb) from public;
grant execute on function mail.set_mailbox(bigint, text, jsonb) to pgears_admin;
