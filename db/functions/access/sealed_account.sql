-- The account that a seal of access.my_seal is on; anything else is refused.
-- requires: access.my_seal

create or replace function access.sealed_account(p_account text, p_seal text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if p_seal is distinct from (
    select encode(
      sha256(s.secret || convert_to(pg_backend_pid() || ' ' || extract(epoch from now()) || ' account ' || p_account, 'UTF8')),
      'hex'
    )
    from core.seal as s
  ) then
    raise exception 'account and seal do not belong together'
      using errcode = 'PG008', hint = 'Call the public function, which reads them from access.my_seal.';
  end if;

  return p_account;
end;
$$;

comment on function access.sealed_account(text, text) is 'The account itself. Raises PG008 when the seal is not on it, in this transaction.';

revoke all on function access.sealed_account(text, text) from public;
