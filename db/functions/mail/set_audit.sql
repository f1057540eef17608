-- Set the address that gets every mail as a blind copy; null sets none.
--
-- It is a recipient of the envelope of each message stored from now on, and in no header.

create or replace function mail.set_audit(p_address text)
returns void
language plpgsql
volatile
security definer  -- lends: writing core.setting to administrators
set search_path = pg_catalog, pg_temp
as $$
begin
  perform from mail.parse_addresses(p_address);
  delete from core.setting as s where s.code = 'mail.audit_bcc';
  insert into core.setting (code, value, note)
  select 'mail.audit_bcc', to_jsonb(p_address), 'Every outgoing mail goes to this address too, unseen.'
  where p_address is not null;
end;
$$;

comment on function mail.set_audit(text) is 'Set the address of the audit copies, or none for null. Raises PG401 for what is no address.';

revoke all on function mail.set_audit(text) from public;
grant execute on function mail.set_audit(text) to pgears_admin;
