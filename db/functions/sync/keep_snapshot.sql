-- Remember the side that was read, or sent, as this run leaves it.

create or replace function sync.keep_snapshot(p_run bigint, p_table text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_definition sync.definition;
begin
  select d.* into strict v_definition from sync.definition as d inner join sync.run as r on r.definition_id = d.id where r.id = p_run;

  if v_definition.definition ->> 'compare' is distinct from 'snapshot' then
    return;
  end if;

  -- Sent rows that stay on the other side are still known there.
  if v_definition.definition ->> 'direction' = 'in' or v_definition.definition ->> 'missing' = 'delete' then
    execute format(
      'delete from sync.snapshot as s where s.definition_id = %s and not exists (select from sync.%I as t where t.key_hash = s.key_hash)',
      v_definition.id, p_table
    );
  end if;

  execute format(
    'insert into sync.snapshot as s (definition_id, key_hash, key, hash) select %s, t.key_hash, t.key, t.hash from sync.%I as t'
    ' on conflict (definition_id, key_hash) do update set hash = excluded.hash where s.hash <> excluded.hash',
    v_definition.id, p_table
  );
end;
$$;

comment on function sync.keep_snapshot(bigint, text) is 'Store keys and hashes of sync.<table> as what the run left, where the synchronisation compares with it.';

revoke all on function sync.keep_snapshot(bigint, text) from public;
