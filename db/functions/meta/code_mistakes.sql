-- Why a code could not name anything: form, length, names of system columns; the first reason.

create or replace function meta.code_mistakes(p_code text, p_what text, p_path text)
returns table (code text, message text, path text, hint text)
language sql
immutable
begin atomic
  select m.code, m.message, p_path, m.hint
  from (
    values
    (
      1, p_code is null or p_code !~ '^[a-z][a-z0-9_-]*$',
      'PG101', format('%s code "%s" is not valid', p_what, p_code),
      'A code begins with a letter a-z and goes on with a-z, 0-9, "_" or "-".'
    ),
    (
      2, octet_length(p_code) > 63,
      'PG103', format('%s code "%s" has %s bytes, 63 are possible', p_what, p_code, octet_length(p_code)),
      'Names of PostgreSQL end at 63 bytes: choose a shorter code.'
    ),
    (
      3, p_what = 'column' and p_code in (
        'id', 'uid', 'version', 'creator', 'created', 'modifier', 'modified', 'deleter', 'deleted',
        'created_source', 'modified_source', 'deleted_source', 'shortdescription'
      ),
      'PG102', format('column code "%s" is reserved for a system column', p_code),
      'Every class has this column already; choose another code.'
    )
  ) as m (position, wrong, code, message, hint)
  where m.wrong
  order by m.position
  limit 1;
end;

comment on function meta.code_mistakes(text, text, text) is
'What is wrong with the code of a model, class, column or query (p_what); p_path is where it stands.';

revoke all on function meta.code_mistakes(text, text, text) from public;
