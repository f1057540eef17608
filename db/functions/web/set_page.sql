-- Set how the pages of a class look; the code is that of the class.

create or replace function web.set_page(p_model bigint, p_code text, p_definition jsonb)
returns bigint
language plpgsql
volatile
security definer  -- lends: writing definitions of pages to administrators
set search_path = pg_catalog, pg_temp
as $$
declare
  v_class bigint;
  v_id bigint;
  v_key text;
  v_unknown text;
begin
  perform meta.check_definition('page', p_definition, '$');
  v_class := meta.find_class(p_model, p_code);

  foreach v_key in array array['list', 'order', 'search', 'form'] loop
    select n.name into v_unknown
    from (
      select l.value #>> '{}' as name
      from jsonb_array_elements(case jsonb_typeof(p_definition -> v_key) when 'array' then p_definition -> v_key else '[]' end) as l
      union all
      select ltrim(p_definition ->> v_key, '-')
      where jsonb_typeof(p_definition -> v_key) = 'string'
    ) as n
    where not exists (select from meta.effective_column as e where e.class_id = v_class and e.code = n.name)
      and not (v_key in ('list', 'order') and n.name = any (array['id', 'shortdescription', 'created', 'creator', 'modified', 'modifier']));

    if v_unknown is not null then
      raise exception 'the class % has no column "%"', p_code, v_unknown
        using errcode = 'PG630', detail = '$.' || v_key, hint = 'Name columns of the class by their codes.';
    end if;
  end loop;

  if (p_definition ->> 'page_size')::integer not between 1 and 200 then
    raise exception 'a page of the list cannot have % records', p_definition ->> 'page_size'
      using errcode = 'PG630', detail = '$.page_size', hint = 'Choose from 1 to 200.';
  end if;

  insert into web.page as p (class_id, definition)
  values (v_class, p_definition)
  on conflict (class_id) do update
  set definition = excluded.definition
  returning p.id into v_id;

  return v_id;
end;
$$;

comment on function web.set_page(bigint, text, jsonb) is
'Id of the page of a class, made or changed. Keys: list, order, search, form, prefill, page_size. Raises PG110 to PG112, PG114, PG630.';

revoke all on function web.set_page(bigint, text, jsonb) from public;
grant execute on function web.set_page(bigint, text, jsonb) to pgears_admin;
