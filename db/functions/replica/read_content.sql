-- For another instance: a piece of the content of a file that a readable row of a class holds.

create or replace function replica.read_content(p_reader text, p_sha256 text, p_offset bigint, p_length integer default 1048576)
returns bytea
language plpgsql
stable
security definer  -- lends: contents of files that a class of the reading holds
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reader constant replica.reader := replica.check_reader(p_reader);
  v_held boolean;
begin
  execute (
    select 'select ' || coalesce(string_agg(
      format(
        'exists (select from data.%I as h inner join core.file as f on h.%s = f.id where f.sha256 = $1)',
        case when k.is_array then 'link_' || k.column_id else 'datarow_' || k.class_id end,
        case when k.is_array then 'target_id' else k.physical end
      ), ' or '
    ), 'false')
    from replica.exchanged_column as k
    inner join meta.class_name as n on k.class_id = n.id
    where v_reader.classes ? n.path and k.kind = 'file'
  )
  into v_held
  using decode(p_sha256, 'hex');

  if not v_held then
    return null;
  end if;

  return (
    select substring(c.content from (p_offset + 1)::integer for p_length)
    from core.file_content as c
    where c.sha256 = decode(p_sha256, 'hex')
  );
end;
$$;

comment on function replica.read_content(text, text, bigint, integer) is 'Bytes of a content by its SHA-256; null when no row of the reading holds it. Raises PG802, PG803.';

revoke all on function replica.read_content(text, text, bigint, integer) from public;
grant execute on function replica.read_content(text, text, bigint, integer) to pgears_peer, pgears_admin, pgears_runner;
