-- Number by which transactions lock the order of a key.

create or replace function queue.lock_key(p_kind text, p_key text)
returns bigint
language sql
immutable
parallel safe
begin atomic
  select hashtextextended(format('%s %s', p_kind, p_key), 7305);
end;

comment on function queue.lock_key(text, text) is 'Key of the advisory lock of a concurrency key.';

revoke all on function queue.lock_key(text, text) from public;
