-- Raise the mistakes of a model file, if there are any: a single one as it is, several as PG124.
--
-- The DETAIL of a single one begins with the path of its key. That of several has each as lines
-- of its own, which an empty line separates: path ($ where none is known), message, hint.

create or replace function meta.raise_mistakes(p_mistakes jsonb)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first constant jsonb := p_mistakes -> 0;
begin
  if jsonb_array_length(p_mistakes) = 1 and not v_first ?| array['path', 'detail'] then
    raise exception '%', v_first ->> 'message' using errcode = v_first ->> 'code', hint = coalesce(v_first ->> 'hint', '');
  elsif jsonb_array_length(p_mistakes) = 1 then
    raise exception '%', v_first ->> 'message'
      using
        errcode = v_first ->> 'code',
        detail = concat_ws(e'\n', v_first ->> 'path', v_first ->> 'detail'),
        hint = coalesce(v_first ->> 'hint', '');
  elsif jsonb_array_length(p_mistakes) > 1 then
    raise exception 'the model file has % mistakes', jsonb_array_length(p_mistakes)
      using
        errcode = 'PG124',
        detail = (
          select string_agg(
            concat_ws(
              e'\n',
              coalesce(m.value ->> 'path', '$'),
              regexp_replace(concat_ws(' ', m.value ->> 'message', '(' || (m.value ->> 'detail') || ')'), '\s*\n\s*', ' ', 'g'),
              nullif(regexp_replace(m.value ->> 'hint', '\s*\n\s*', ' ', 'g'), '')
            ),
            e'\n\n' order by m.position
          )
          from jsonb_array_elements(p_mistakes) with ordinality as m (value, position)
        ),
        hint = 'Nothing has changed. Each is told in the DETAIL: path of the key, what is wrong, what mends it.';
  end if;
end;
$$;

comment on function meta.raise_mistakes(jsonb) is
'Raise mistakes (code, message, path, detail, hint): a single one by its SQLSTATE, several as PG124; none is nothing.';

revoke all on function meta.raise_mistakes(jsonb) from public;
