-- Refuse a row whose system columns, or columns that may not be edited, were written.
--
-- Fires only for rows that its WHEN found guilty. Logical deletion puts the row back from
-- inside a trigger with the owner's rights: that, and nothing an account can imitate, passes.
-- Arguments: the class as model.class, and the codes of its columns as a JSON object.

create or replace function meta.refuse_forgery()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  v_columns text;
begin
  if pg_trigger_depth() > 1
    and current_user = (select pg_get_userbyid(c.relowner) from pg_class as c where c.oid = tg_relid)
  then
    return null;
  end if;

  if tg_op = 'UPDATE' then
    select string_agg(coalesce(tg_argv[1]::jsonb ->> n.key, n.key), ', ' order by n.key) into v_columns
    from jsonb_each(to_jsonb(new)) as n (key, value)
    inner join jsonb_each(to_jsonb(old)) as o (key, value) on n.key = o.key
    where n.value is distinct from o.value
      and (tg_argv[1]::jsonb ? n.key or n.key in ('id', 'uid', 'creator', 'created', 'created_source', 'deleter', 'deleted', 'deleted_source'));

    raise exception '%: these columns cannot be updated: %', tg_argv[0], coalesce(v_columns, 'version, modifier, modified, modified_source')
      using errcode = 'PG202', hint = 'Leave them out; DELETE deletes a row, and the system writes system columns.';
  end if;

  raise exception '%: system columns and columns closed to inserts are written by the system alone', tg_argv[0]
    using
      errcode = 'PG202',
      detail = format('Closed to inserts: id, version, creator, created, modifier, modified, deleter, deleted, their sources; %s',
        (select string_agg(c.value, ', ') from jsonb_each_text(tg_argv[1]::jsonb) as c (key, value))),
      hint = 'Leave these columns out of the INSERT or COPY.';
end;
$$;

comment on function meta.refuse_forgery() is 'Trigger function: raise PG202 for a row whose system columns were written by somebody.';

revoke all on function meta.refuse_forgery() from public;
