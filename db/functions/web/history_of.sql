-- What changes made of a record, for the account of a seal; behind web.record_history().
--
-- Rows and former rows that no right of the account reaches are left out, and columns that it
-- may not read.
-- requires: access.reads_data access.row_seen web.readable_columns

create or replace function web.history_of(p_account text, p_seal text, p_class bigint, p_record bigint)
returns table (version bigint, at timestamptz, account text, source text, operation text, changes jsonb)
language plpgsql
stable
security definer  -- lends: reading the archive of a record to whoever may read that
set search_path = pg_catalog, pg_temp
as $$
declare
  v_columns jsonb;
begin
  if not access.row_seen(p_account, p_seal, p_class, p_record) then
    return;
  end if;

  v_columns := web.readable_columns(p_account, p_class);

  return query execute format(
    $sql$
    with state as (
      select r.version, coalesce(r.modified, r.created) as at, coalesce(r.modifier, r.creator) as account,
        coalesce(r.modified_source, r.created_source) as source, r.deleted, to_jsonb(r) as row
      from data.datarow_%1$s as r
      where r.id = $1 and access.reads_data($2, %1$s, to_jsonb(r))
      %2$s
    ),
    step as (
      select s.*, lag(s.row) over w as before, lag(s.deleted) over w as was_deleted
      from state as s
      window w as (order by s.version)
    )
    select s.version, s.at, s.account, s.source,
      case when s.before is null then 'insert' when s.deleted is not null and s.was_deleted is null then 'delete' else 'change' end,
      (
        select coalesce(jsonb_object_agg(k.key, jsonb_build_array(s.before -> k.value, s.row -> k.value)), '{}')
        from jsonb_each_text($3) as k
        where s.before is not null and s.before -> k.value is distinct from s.row -> k.value
      )
    from step as s
    order by s.version desc
    limit 200
    $sql$,
    p_class,
    case when to_regclass('data.archive_' || p_class) is not null then format(
      'union all
      select r.version, coalesce(r.modified, r.created), coalesce(r.modifier, r.creator),
        coalesce(r.modified_source, r.created_source), r.deleted, to_jsonb(r)
      from data.archive_%1$s as r
      where r.id = $1 and access.reads_data($2, %1$s, to_jsonb(r))', p_class
    ) else '' end
  ) using p_record, p_account, v_columns;
end;
$$;

comment on function web.history_of(text, text, bigint, bigint) is
'Versions of a record as web.record_history() gives them. Raises PG008 for a wrong seal.';

-- It believes the seal alone.
revoke all on function web.history_of(text, text, bigint, bigint) from public;
grant execute on function web.history_of(text, text, bigint, bigint) to public;
