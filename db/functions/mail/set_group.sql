-- Make or change a group of recipients.
--
-- Users are named by login and need not be here yet: a model is moved between instances.
-- requires: mail.parse_addresses

create or replace function mail.set_group(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing groups to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform meta.check_code(p_code, 'group');
  perform meta.check_definition('recipient_group', p_definition, '$');
  perform from mail.parse_addresses(p_definition ->> 'addresses');

  insert into mail.recipient_group as g (model_id, code, definition)
  values (p_model, p_code, p_definition)
  on conflict (model_id, code) do update
  set definition = excluded.definition
  returning g.id into v_id;

  return v_id;
end;
$$;

comment on function mail.set_group(bigint, text, jsonb) is
'Id of a group of recipients, made or changed. Keys: name, users, addresses. Raises PG110 to PG112, PG401.';

revoke all on function mail.set_group(bigint, text, jsonb) from public;
grant execute on function mail.set_group(bigint, text, jsonb) to pgears_admin;
