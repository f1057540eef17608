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

  select meta.class_path(e.class_id) || '.' || e.code into v_other
  from meta.ancestry as a
  inner join meta.effective_column as e on a.class_id = e.class_id
  where
    a.ancestor_id = p_class
    and (
      e.code = p_code
      or p_code in (e.code || '__text', e.code || '__class')
      or e.code in (p_code || '__text', p_code || '__class')
    )
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
