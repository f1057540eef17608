-- Refuse files that a column does not take: blocked, of another suffix, too large.

create or replace function meta.check_files(p_class bigint, p_column bigint, p_files bigint[])
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_column meta.class_column;
  v_path text;
  v_wrong record;
begin
  if coalesce(cardinality(p_files), 0) = 0 then
    return;
  end if;

  select k.* into strict v_column from meta.class_column as k where k.id = p_column;
  v_path := meta.class_path(p_class) || '.' || v_column.code;

  select
    f.name,
    case
      when v_column.definition ? 'suffixes' and not coalesce(x.allowed, false) then 'has none of the suffixes that the column takes'
      when x.blocked then 'has a suffix that is blocked here'
      else format('is larger than %s', v_column.definition ->> 'max_size')
    end as reason
  into v_wrong
  from core.file as f
  cross join lateral (select lower(substring(f.name from '[.]([^.]+)$')) as suffix) as s
  cross join lateral (
    select
      (select bool_or(lower(ltrim(a.suffix, '.')) = s.suffix) from jsonb_array_elements_text(v_column.definition -> 'suffixes') as a (suffix)) as allowed
  ) as a
  cross join lateral (
    select
      a.allowed,
      exists (
        select
        from core.setting as g
        cross join lateral jsonb_array_elements_text(g.value) as b (entry)
        cross join lateral (select split_part(b.entry, ':', 1) as suffix, split_part(b.entry, ':', 2) as place) as e
        where g.code = 'files.blocked'
          and e.suffix = s.suffix
          and case e.place
            when '' then true
            when '*' then not coalesce(a.allowed, false)
            else v_path = e.place or starts_with(v_path, e.place || '.')
          end
      ) as blocked
  ) as x
  where f.id = any (p_files)
    and (
      (v_column.definition ? 'suffixes' and not coalesce(x.allowed, false))
      or x.blocked
      or f.size > pg_size_bytes(v_column.definition ->> 'max_size')
    )
  order by f.id
  limit 1;

  if found then
    raise exception '%: the file "%" %', v_path, v_wrong.name, v_wrong.reason
      using errcode = 'PG431', hint = 'The column''s suffixes and max_size, and core.set_blocked_suffixes(), say what is taken.';
  end if;
end;
$$;

comment on function meta.check_files(bigint, bigint, bigint[]) is 'Check files for a column of a class. Raises PG431.';

revoke all on function meta.check_files(bigint, bigint, bigint[]) from public;
