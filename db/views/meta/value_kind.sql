-- Kinds of values in definitions: the words for them, the test, and the JSON Schema.

create or replace view meta.value_kind as
select
  v.kind,
  v.phrase,
  v.test::jsonpath as test,
  v.schema::jsonb as schema
from (
  values
  ('text', 'a text', '$.type() == "string"', '{"type": "string"}'),
  (
    'code',
    'a code (a-z, 0-9, "_", "-", beginning with a letter)',
    'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*$"',
    '{"type": "string", "pattern": "^[a-z][a-z0-9_-]*$"}'
  ),
  (
    'class',
    'the code of a class, or model.class',
    'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"',
    '{"type": "string", "pattern": "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"}'
  ),
  (
    'path',
    'a code, or model.code',
    'strict $.type() == "string" && $ like_regex "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"',
    '{"type": "string", "pattern": "^[a-z][a-z0-9_-]*([.][a-z][a-z0-9_-]*)?$"}'
  ),
  (
    'texts',
    'a text, or texts by language such as {en: Name, de: Name}',
    'strict $.type() == "string" || ($.type() == "object" && !exists ($.* ? (@.type() <> "string")))',
    '{"type": ["string", "object"], "additionalProperties": {"type": "string"}}'
  ),
  ('integer', 'a whole number', 'strict $.type() == "number" && $.floor() == $', '{"type": "integer"}'),
  ('boolean', 'true or false', 'strict $.type() == "boolean"', '{"type": "boolean"}'),
  (
    'literal',
    'a text, a number, true or false',
    'strict $.type() == "string" || $.type() == "number" || $.type() == "boolean"',
    '{"type": ["string", "number", "boolean"]}'
  ),
  (
    'list',
    'a list of texts such as [one, two]',
    'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "string"))',
    '{"type": "array", "items": {"type": "string"}}'
  ),
  (
    'keys',
    'a list of lists of column codes such as [[email], [name, city]]',
    'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "array" || @.size() == 0)) && !exists ($[*][*] ? (@.type() <> "string"))',
    '{"type": "array", "items": {"type": "array", "minItems": 1, "items": {"type": "string"}}}'
  ),
  (
    'partition',
    '{hash: id, parts: 16}, with 2 to 256 parts',
    'strict $.type() == "object" && !exists ($.keyvalue() ? (@.key <> "hash" && @.key <> "parts")) && $.hash == "id"'
    ' && $.parts.type() == "number" && $.parts >= 2 && $.parts <= 256 && $.parts.floor() == $.parts',
    '{"type": "object", "required": ["hash", "parts"], "additionalProperties": false,'
    ' "properties": {"hash": {"const": "id"}, "parts": {"type": "integer", "minimum": 2, "maximum": 256}}}'
  ),
  (
    'mapping',
    'a list of pairs such as {subject: title}',
    'strict $.type() == "object" && !exists ($.* ? (@.type() <> "string"))',
    '{"type": "object", "additionalProperties": {"type": "string"}}'
  ),
  (
    'values',
    'a list of pairs of a code and a text, a number, true or false',
    'strict $.type() == "null" || ($.type() == "object" && !exists ($.* ? (@.type() == "array" || @.type() == "object" || @.type() == "null")))',
    '{"type": ["object", "null"], "additionalProperties": {"type": ["string", "number", "boolean"]}}'
  ),
  (
    'section',
    'definitions by code',
    'strict $.type() == "null" || ($.type() == "object" && !exists ($.* ? (@.type() <> "object")))',
    '{"type": ["object", "null"]}'
  ),
  (
    'filters',
    'values by class and column such as {ticket: {region: [north, east]}}',
    'strict $.type() == "object" && !exists ($.* ? (@.type() <> "object")) && !exists ($.*.* ? (@.type() == "object" || @.type() == "null"))',
    '{"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "array"]}}}'
  ),
  (
    'steps',
    'steps by code, each with its kind',
    'strict $.type() == "object" && exists ($.*) && !exists ($.* ? (@.type() <> "object")) && !exists ($.* ? (!exists (@.kind)))',
    '{"type": "object", "minProperties": 1, "additionalProperties": {"type": "object", "required": ["kind"]}}'
  ),
  (
    'entries',
    'a list of definitions',
    'strict $.type() == "array" && !exists ($[*] ? (@.type() <> "object"))',
    '{"type": "array", "items": {"type": "object"}}'
  ),
  (
    'call',
    'a call such as {target: erp, path: /orders}',
    'strict $.type() == "object" && exists ($.target) && $.target.type() == "string"',
    '{"type": "object", "required": ["target"], "properties": {"target": {"type": "string"}}}'
  )
) as v (kind, phrase, test, schema);

comment on view meta.value_kind is 'Kinds of values that the keys of meta.vocabulary take, with a test in jsonpath and a JSON Schema.';

grant select on meta.value_kind to pgears_admin, pgears_runner;
