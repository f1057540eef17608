-- The INSERT that archives the former rows of a statement; empty without an archive.
-- requires: meta.row_columns

create or replace function meta.archive_statement(p_class bigint, p_operation "char")
returns text
language sql
stable
begin atomic
  select
    case
      when c.archive then format(
        '  insert into data.archive_%1$s (archiver, operation, id, uid, version, deleter, deleted, deleted_source, %2$s)'
        ' select v_account, %3$L, o.id, o.uid, o.version, o.deleter, o.deleted, o.deleted_source, %4$s from old_rows as o%5$s;',
        c.id,
        meta.row_columns(c.id, '', false),
        p_operation,
        meta.row_columns(c.id, 'o.', false),
        case p_operation when 'D' then ' where o.deleted is null' else '' end
      )
      else ''
    end
  from meta.class as c
  where c.id = p_class;
end;

comment on function meta.archive_statement(bigint, "char") is 'Part of a generated trigger function: copy old rows to the archive.';

revoke all on function meta.archive_statement(bigint, "char") from public;
