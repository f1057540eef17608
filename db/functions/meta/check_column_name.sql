-- Refuse a column code that the class, or a class that inherits it, has already.
--
-- A reference also shows <code>__text and <code>__class in the API view.

create or replace function meta.check_column_name(p_class bigint, p_code text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_other text;
begin
  perform meta.check_code(p_code, 'column');

  with owner as materialized (
    select distinct unnest(array_prepend(c.id, c.ancestors)) as id
    from meta.class as c
    where c.id = p_class or p_class = any (c.ancestors)
  )

  select meta.class_path(k.class_id) || '.' || k.code into v_other
  from owner as o
  inner join meta.class_column as k on o.id = k.class_id
  where k.code = p_code
    or p_code in (k.code || '__text', k.code || '__class')
    or k.code in (p_code || '__text', p_code || '__class')
  limit 1;

  if v_other is not null then
    raise exception 'column code "%" collides with column %', p_code, v_other
      using errcode = 'PG105', hint = 'Choose another code; <code>__text and <code>__class belong to references.';
  end if;

  if octet_length(p_code) > 56 then
    raise exception 'column code "%" has % bytes; with "__class" it would pass 63', p_code, octet_length(p_code)
      using errcode = 'PG103', hint = 'Choose a code of at most 56 bytes.';
  end if;
end;
$$;

comment on function meta.check_column_name(bigint, text) is 'Check a new column code of a class. Raises PG101, PG102, PG103, PG105.';

revoke all on function meta.check_column_name(bigint, text) from public;
