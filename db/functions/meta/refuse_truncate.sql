-- Refuse TRUNCATE: it would leave no archive, no feed and no logical deletion.

create or replace function meta.refuse_truncate()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'rows of % cannot be truncated', tg_argv[0]
    using errcode = 'PG203', hint = 'Use DELETE, which archives and announces what it deletes.';
end;
$$;

comment on function meta.refuse_truncate() is 'Trigger function: raise PG203.';

revoke all on function meta.refuse_truncate() from public;
