-- What is wrong with a column whose keys are each right: values of another type, keys that do not
-- go together.
--
-- Asked after meta.definition_mistakes(), so kinds and types are known to be right.

create or replace function meta.column_mistakes(p_code text, p_definition jsonb, p_path text)
returns table (code text, message text, path text, hint text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_type constant text := p_definition ->> 'type';
begin
  return query
  select m.code, m.message, m.path, m.hint
  from (values ('default'), ('min'), ('max')) as l (key)
  cross join lateral meta.literal_mistakes(p_definition, l.key, p_path) as m
  where p_definition ? l.key
  union all
  select m.code, m.message, m.path, m.hint
  from meta.pattern_mistakes(p_definition ->> 'pattern', p_path || '.pattern') as m;

  -- Values that are none cannot be compared.
  if found then
    return;
  end if;

  return query
  select 'PG113', format('column "%s": %s', p_code, c.message), p_path || '.' || c.key, c.hint
  from (
    values
    (
      v_type in ('integer', 'decimal', 'date', 'timestamp') and meta.is_above(v_type, p_definition ->> 'min', p_definition ->> 'max'),
      'min', '"min" is above "max"', 'No value could be both.'
    ),
    ((p_definition ->> 'min_length')::numeric < 0, 'min_length', '"min_length" is below 0', 'Leave it out, or give a number from 0.'),
    ((p_definition ->> 'max_length')::numeric < 1, 'max_length', '"max_length" is below 1', 'Leave it out, or give a number from 1.'),
    (
      (p_definition ->> 'min_length')::numeric > coalesce((p_definition ->> 'max_length')::numeric, case when v_type = 'text' then 255 end),
      'min_length', '"min_length" is above "max_length"', 'A text has at most 255 characters unless "max_length" says otherwise.'
    ),
    (
      p_definition ? 'pattern_message' and not p_definition ? 'pattern',
      'pattern_message', '"pattern_message" has no "pattern"', 'Add the pattern that it speaks about, or leave it out.'
    ),
    (
      p_definition ? 'sequence' and p_definition ? 'default',
      'default', '"default" and "sequence" exclude each other', 'New rows take their number from the sequence.'
    ),
    (
      v_type <> 'integer' and p_definition ->> 'sequence' !~ '^[^{}]*\{#(:0{1,18})?\}[^{}]*$',
      'sequence', '"sequence" has no place for the number', 'Write {#} or {#:000000} once, such as "T{#:000000}".'
    ),
    (
      v_type = 'integer' and p_definition ->> 'sequence' <> '{#}',
      'sequence', 'the sequence of an integer is "{#}"', 'For a number with letters or leading zeros take a column of type text.'
    ),
    (
      (p_definition ->> 'localized')::boolean and p_definition ?| array['default', 'sequence', 'pattern', 'min_length', 'max_length'],
      'localized', 'a localised text has no default, sequence, pattern or length', 'Leave these out, or leave "localized" out.'
    ),
    (
      v_type = 'reference' and (select count(*) from unnest(array['class', 'classes', 'target']) as k (key) where p_definition ? k.key) <> 1,
      'type', 'a reference has one of "class", "classes" and "target"', 'Say what it refers to: class: code, classes: [code, code] or target: user.'
    ),
    (
      jsonb_array_length(p_definition -> 'classes') < 2,
      'classes', '"classes" has less than two classes', 'Write class: code for a reference to one class.'
    ),
    (
      p_definition ? 'classes' and (p_definition ->> 'multiple')::boolean,
      'multiple', 'a reference to several classes has a single value', 'Take a reference of each class, or leave "multiple" out.'
    ),
    (
      v_type = 'reverse' and not p_definition ?& array['class', 'column'],
      'type', 'a reverse reference has "class" and "column"', 'Name the class and its column that refers to this class.'
    ),
    (
      p_definition ?| array['max_files', 'over_limit'] and not coalesce((p_definition ->> 'multiple')::boolean, false),
      'max_files', 'a number of files belongs to a column with several', 'Add "multiple: true", or leave it out.'
    ),
    ((p_definition ->> 'max_files')::numeric < 1, 'max_files', '"max_files" is below 1', 'Leave it out, or give a number from 1.'),
    (
      p_definition ->> 'over_limit' = 'drop_oldest' and not p_definition ? 'max_files',
      'over_limit', '"over_limit" has no "max_files"', 'Say how many files are kept.'
    ),
    (
      p_definition ->> 'max_size' !~* '^\s*[0-9]+(\.[0-9]+)?\s*(bytes|b|kb|mb|gb)?\s*$',
      'max_size', '"max_size" is no size', 'Write a number with a unit, such as 10 MB.'
    ),
    (
      v_type = 'calculated' and not p_definition ?& array['sql', 'result'],
      'type', 'a calculated column has "sql" and "result"', 'Give the SQL, and the type of what it gives.'
    )
  ) as c (wrong, key, message, hint)
  where c.wrong
  union all
  select m.code, m.message, m.path, m.hint
  from meta.default_mistakes(p_definition, p_path) as m;
end;
$$;

comment on function meta.column_mistakes(text, jsonb, text) is 'All that is wrong between the keys of a column; p_path is where it stands.';

revoke all on function meta.column_mistakes(text, jsonb, text) from public;
