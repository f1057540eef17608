-- Refuse a definition with keys unknown at its place, values of a wrong kind, or keys missing.
--
-- The DETAIL of a refusal is the path of the key, such as $.classes.ticket.archive: the
-- command line turns it into file and line.

create or replace function meta.check_definition(p_place text, p_definition jsonb, p_path text)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known constant text[] := array(select v.key from meta.vocabulary as v where v.place = p_place order by v.position);
  v_key text;
  v_word record;
begin
  if jsonb_typeof(p_definition) is distinct from 'object' then
    raise exception 'the definition of a % is a list of keys and values', p_place
      using errcode = 'PG111', detail = p_path, hint = 'Known keys: ' || array_to_string(v_known, ', ') || '.';
  end if;

  select d.key into v_key from jsonb_object_keys(p_definition) as d (key) where d.key <> all (v_known) order by d.key limit 1;

  if v_key is not null then
    raise exception 'unknown key "%" of a %', v_key, p_place
      using
        errcode = 'PG110',
        detail = p_path || '.' || v_key,
        hint = meta.nearest(v_key, v_known) || 'Known keys: ' || array_to_string(v_known, ', ') || '.';
  end if;

  for v_word in
    select v.*, k.phrase, k.test, p_definition -> v.key as value
    from meta.vocabulary as v
    inner join meta.value_kind as k on v.kind = k.kind
    where v.place = p_place and (v.required or p_definition ? v.key)
    order by v.position
  loop
    if v_word.value is null then
      raise exception 'the key "%" is missing', v_word.key
        using errcode = 'PG112', detail = p_path, hint = v_word.note || ' It takes ' || v_word.phrase || '.';
    elsif not coalesce(jsonb_path_match(v_word.value, v_word.test, silent => true), false) then
      raise exception '"%" is %, not %', v_word.key, v_word.phrase, left(v_word.value::text, 60)
        using errcode = 'PG111', detail = p_path || '.' || v_word.key, hint = v_word.note;
    elsif v_word.value #>> '{}' <> all (v_word.choices) then
      raise exception '"%" cannot be "%"', v_word.key, v_word.value #>> '{}'
        using
          errcode = 'PG111',
          detail = p_path || '.' || v_word.key,
          hint = meta.nearest(v_word.value #>> '{}', v_word.choices) || 'Choose one of ' || array_to_string(v_word.choices, ', ') || '.';
    elsif p_definition ->> 'type' <> all (v_word.column_types) then
      raise exception 'a column of type % has no "%"', p_definition ->> 'type', v_word.key
        using
          errcode = 'PG113',
          detail = p_path || '.' || v_word.key,
          hint = 'Leave it out; columns of these types have it: ' || array_to_string(v_word.column_types, ', ') || '.';
    end if;
  end loop;
end;
$$;

comment on function meta.check_definition(text, jsonb, text) is
'Check a definition at a place of meta.vocabulary; p_path goes into the errors. Raises PG110 to PG113.';

revoke all on function meta.check_definition(text, jsonb, text) from public;
