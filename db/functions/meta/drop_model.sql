-- Drop a model that has nothing any more: no classes, queries, scripts, mailboxes or what else
-- model files have.
--
-- Each of these goes by its own function, which refuses while others need it and takes along
-- what was made for it; a cascade would do neither. Parameters and roles stay: they belong to
-- the instance.
-- requires: meta.section_definitions

create or replace function meta.drop_model(p_model bigint)
returns void
language plpgsql
volatile
security definer  -- lends: writing definitions to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text;
  v_left text;
begin
  -- Whoever adds to the model holds its row by a foreign key, and is waited for.
  select m.code into v_code from meta.model as m where m.id = p_model for update;

  if not found then
    return;
  end if;

  select string_agg(format('%s %s', s.count, s.section), ', ' order by s.position) into v_left
  from (
    select 'classes' as section, 0 as position, count(*) as count
    from meta.class as c
    where c.model_id = p_model
    union all
    select d.section, min(m.position), count(*)
    from meta.section_definitions(p_model) as d
    inner join meta.model_section as m on d.section = m.code
    group by d.section
  ) as s
  where s.count > 0;

  if v_left is not null then
    raise exception 'model "%" is not empty: %', v_code, v_left
      using
        errcode = 'PG118',
        hint = format('Apply a file that has nothing but "model: %s" with --allow-destructive; it says what stands in the way.', v_code);
  end if;

  delete from meta.model as m where m.id = p_model;
end;
$$;

comment on function meta.drop_model(bigint) is 'Drop an empty model. Raises PG118 while it has classes, queries or anything else of a model file.';

revoke all on function meta.drop_model(bigint) from public;
grant execute on function meta.drop_model(bigint) to pgears_admin;
