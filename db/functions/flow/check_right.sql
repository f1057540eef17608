-- Refuse an account that lacks a right on a script, workflow, job or event.
--
-- Administrators and the service need none: they may change the rights, and the service does
-- what rules and times say.

create or replace function flow.check_right(p_account text, p_kind text, p_object text, p_operation text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not flow.is_service(p_account) and not access.may(p_account, p_kind, p_object, p_operation) then
    raise exception 'account % may not % %', p_account,
      case p_operation when 'execute' then 'run' when 'raise' then 'raise' else p_operation end, concat_ws(' ', p_kind, p_object)
      using errcode = 'PG560', hint = format('The right "%s" on {%s: %s} is missing; a role gives it.', p_operation, p_kind, p_object);
  end if;
end;
$$;

comment on function flow.check_right(text, text, text, text) is 'Raise PG560 when an account has not the right.';

revoke all on function flow.check_right(text, text, text, text) from public;
