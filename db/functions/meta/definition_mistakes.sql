-- What is wrong with a definition: keys unknown at its place, values of a wrong kind, keys missing.
--
-- "path" is that of the key, such as $.classes.ticket.archive: the command line turns it into
-- file and line.

create or replace function meta.definition_mistakes(p_place text, p_definition jsonb, p_path text)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_known text[];
  v_word record;
begin
  if jsonb_typeof(p_definition) is distinct from 'object' then
    v_known := array(select v.key from meta.vocabulary as v where v.place = p_place order by v.position);
    code := 'PG111';
    message := format(
      'the definition of %s is a list of keys and values, not %s', meta.with_article(p_place), coalesce(left(p_definition::text, 60), 'nothing')
    );
    path := p_path;
    hint := 'Known keys: ' || array_to_string(v_known, ', ') || '.';
    return next;
    return;
  end if;

  for v_word in
    select d.key as given, d.value, v.*
    from (
      select w.position, w.key, w.choices, w.column_types, w.required, w.note, k.phrase, k.test
      from meta.vocabulary as w
      inner join meta.value_kind as k on w.kind = k.kind
      where w.place = p_place
    ) as v
    full join jsonb_each(p_definition) as d on v.key = d.key
    where v.required or d.key is not null
    order by v.position nulls first, d.key
  loop
    path := p_path || '.' || coalesce(v_word.key, v_word.given);

    if v_word.key is null then
      v_known := array(select v.key from meta.vocabulary as v where v.place = p_place order by v.position);
      code := 'PG110';
      message := format('unknown key "%s" of %s', v_word.given, meta.with_article(p_place));
      hint := meta.nearest(v_word.given, v_known) || 'Known keys: ' || array_to_string(v_known, ', ') || '.';
    elsif v_word.value is null then
      code := 'PG112';
      message := format('the key "%s" is missing', v_word.key);
      path := p_path;
      hint := v_word.note || ' It takes ' || v_word.phrase || '.';
    elsif not coalesce(jsonb_path_match(v_word.value, v_word.test, silent => true), false) then
      code := 'PG111';
      message := format('"%s" is %s, not %s', v_word.key, v_word.phrase, left(v_word.value::text, 60));
      hint := v_word.note;
    elsif v_word.value #>> '{}' <> all (v_word.choices) then
      code := 'PG111';
      message := format('"%s" cannot be "%s"', v_word.key, v_word.value #>> '{}');
      hint := meta.nearest(v_word.value #>> '{}', v_word.choices) || 'Choose one of ' || array_to_string(v_word.choices, ', ') || '.';
    elsif p_definition ->> 'type' <> all (v_word.column_types) then
      code := 'PG113';
      message := format('a column of type %s has no "%s"', p_definition ->> 'type', v_word.key);
      hint := 'Leave it out; columns of these types have it: ' || array_to_string(v_word.column_types, ', ') || '.';
    else
      continue;
    end if;

    return next;
  end loop;
end;
$$;

comment on function meta.definition_mistakes(text, jsonb, text) is
'All that is wrong with the keys of a definition at a place of meta.vocabulary; p_path is where the definition stands.';

revoke all on function meta.definition_mistakes(text, jsonb, text) from public;
