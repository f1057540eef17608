-- Refuse inserted rows whose system columns were written by somebody.

create or replace function meta.refuse_rows(p_class bigint)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '%: system columns are written by the system alone', meta.class_path(p_class)
    using
      errcode = 'PG202',
      detail = 'They are id, version, creator, created, modifier, modified, deleter, deleted and their sources.',
      hint = 'Leave these columns out of the INSERT or COPY.';
end;
$$;

comment on function meta.refuse_rows(bigint) is 'Raise PG202 for inserted rows with system columns of somebody.';

revoke all on function meta.refuse_rows(bigint) from public;
