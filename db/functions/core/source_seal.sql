-- The seal that belongs to a mark: good for one transaction of one session only.

create or replace function core.source_seal(p_source text)
returns text
language sql
stable
begin atomic
  select encode(
    sha256(
      s.secret
      || convert_to(pg_backend_pid() || ' ' || extract(epoch from now()) || ' ' || p_source, 'UTF8')
    ),
    'hex'
  )
  from core.seal as s;
end;

comment on function core.source_seal(text) is 'Seal of a data source mark in this transaction; for core.set_source and core.check_source.';

revoke all on function core.source_seal(text) from public;
