-- The reader of a code, if the account that asks is the one that opened it and may still read.

create or replace function replica.check_reader(p_code text)
returns replica.reader
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reader replica.reader;
  v_account constant text := access.current_account();
  v_class text;
begin
  select r.* into v_reader from replica.reader as r where r.code = p_code and r.login = v_account;

  if v_reader.code is null then
    raise exception 'account "%" has not opened a reading "%"', v_account, p_code
      using errcode = 'PG802', hint = 'Begin with replica.open_reading().';
  end if;

  select c.path into v_class
  from jsonb_object_keys(v_reader.classes) as c (path)
  where not replica.may_read(v_account, c.path)
  order by c.path
  limit 1;

  if v_class is not null then
    raise exception 'account "%" may not read class %, or there is none', v_account, v_class
      using errcode = 'PG803', hint = 'Give the account a role with the right read, scope all, on each class of the subscription. Nothing was passed over.';
  end if;

  return v_reader;
end;
$$;

comment on function replica.check_reader(text) is 'Reader of a code. Raises PG802 unless the account opened it, PG803 when it may not read a class.';

revoke all on function replica.check_reader(text) from public;
