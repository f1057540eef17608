-- The function behind "script" or "script_after" of a mailbox, or an error that says what is wrong with it.
--
-- It must be "security definer": its owner is the right that it runs with, stated where
-- everybody can see it. An ordinary function would run with the right of the owner of
-- pgears, and whoever may replace it would have that.

create or replace function mail.check_script(p_name text, p_key text, p_account text default null)
returns regprocedure
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_arguments constant text := case p_key when 'script' then '(jsonb, jsonb)' else '(bigint, jsonb, jsonb)' end;
  v_function regprocedure;
  v_problem text;
begin
  if p_name ~ '^[a-z_][a-z0-9_]*[.][a-z_][a-z0-9_]*$' then
    v_function := to_regprocedure(p_name || v_arguments);
  end if;

  select
    case
      when p.oid is null then 'does not exist'
      when p.prokind <> 'f' or p.proretset then 'is no function that gives one value'
      when p_key = 'script' and p.prorettype <> 'jsonb'::regtype then 'does not give jsonb'
      when not p.prosecdef then 'is not "security definer"'
      when p.prosqlbody is null and not coalesce(p.proconfig::text ~ '[{",]search_path=', false) then 'does not set its search_path'
      when p_account is not null and not has_function_privilege(p_account, p.oid, 'execute') then 'may not be called by ' || p_account
    end
  into v_problem
  from (select v_function as oid) as f
  left join pg_proc as p on f.oid = p.oid;

  if v_problem is not null then
    raise exception 'the function %', concat_ws(' ', p_name || v_arguments, v_problem)
      using
        errcode = 'PG411',
        detail = '$.' || p_key,
        hint = 'Write create function ' || case p_key
          when 'script' then 'schema.name(record jsonb, message jsonb) returns jsonb'
          else 'schema.name(row_id bigint, record jsonb, message jsonb) returns void'
        end || ' ... security definer set search_path = ...: it runs with the rights of its owner.';
  end if;

  return v_function;
end;
$$;

comment on function mail.check_script(text, text, text) is
'The function that a mailbox names as a script. Raises PG411 when it is missing or of another kind.';

revoke all on function mail.check_script(text, text, text) from public;
