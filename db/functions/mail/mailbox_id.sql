-- Id of the mailbox named as model.mailbox, or by its code where that is unique.

create or replace function mail.mailbox_id(p_name text)
returns bigint
language plpgsql
stable
security definer  -- lends: reading mailboxes to administrators and the runner
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids bigint[];
begin
  v_ids := array(
    select b.id
    from mail.mailbox as b
    inner join meta.model as m on b.model_id = m.id
    where p_name in (b.code, m.code || '.' || b.code)
    order by b.id
  );

  if cardinality(v_ids) <> 1 then
    raise exception '% mailboxes are named "%"', case when v_ids = '{}' then 'no' else 'several' end, p_name
      using errcode = 'PG106', hint = '"pgears mailbox list" shows them; write model.mailbox.';
  end if;

  return v_ids[1];
end;
$$;

comment on function mail.mailbox_id(text) is 'Id of a mailbox by its name. Raises PG106 unless there is exactly one.';

revoke all on function mail.mailbox_id(text) from public;
grant execute on function mail.mailbox_id(text) to pgears_admin, pgears_runner;
