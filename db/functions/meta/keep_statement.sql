-- Body of the trigger function that puts logically deleted rows back.
--
-- The first row that fires puts all rows of the statement back. PostgreSQL gives row triggers
-- of partitioned tables no transition tables, so there each row puts itself back; a statement
-- trigger would come too late, after the foreign keys of others have missed the rows.
-- requires: meta.row_columns

create or replace function meta.keep_statement(p_class bigint)
returns text
language sql
stable
begin atomic
  select format(
    case
      when c.parts is null then $sql$
declare
  v_verify boolean;
begin
  if exists (select from data.datarow_%1$s as r where r.id = old.id) then return null; end if;
  v_verify := meta.check_triggers(tg_relid);
  insert into data.datarow_%1$s (id, uid, version, deleter, deleted, deleted_source, %2$s)
  overriding system value
  select
    o.id,
    o.uid,
    case when o.deleted is null then o.version + 1 else o.version end,
    case when o.deleted is null then access.current_account() else o.deleter end,
    coalesce(o.deleted, now()),
    case when o.deleted is null then core.source() else o.deleted_source end,
    %3$s
  from old_rows as o;
  if v_verify and exists (
    select
    from old_rows as o
    left join data.datarow_%1$s as r on o.id = r.id
    where (r.uid, r.version, r.creator, r.created, r.created_source, r.modifier, r.modified, r.modified_source, r.deleter, r.deleted, r.deleted_source)
      is distinct from (
        o.uid, case when o.deleted is null then o.version + 1 else o.version end, o.creator, o.created, o.created_source,
        o.modifier, o.modified, o.modified_source,
        case when o.deleted is null then access.current_account() else o.deleter end, coalesce(o.deleted, now()),
        case when o.deleted is null then core.source() else o.deleted_source end
      )
  ) then
    perform meta.refuse_loss(%1$s);
  end if;
  return null;
end;
$sql$
      else $sql$
declare
  v_version constant bigint := case when old.deleted is null then old.version + 1 else old.version end;
  v_deleter constant text := case when old.deleted is null then access.current_account() else old.deleter end;
  v_deleted constant timestamptz := coalesce(old.deleted, now());
  v_source constant text := case when old.deleted is null then core.source() else old.deleted_source end;
  v_row data.datarow_%1$s;
begin
  insert into data.datarow_%1$s as r (id, uid, version, deleter, deleted, deleted_source, %2$s)
  overriding system value
  values (old.id, old.uid, v_version, v_deleter, v_deleted, v_source, %4$s)
  returning r.* into v_row;
  if (
    v_row.id, v_row.uid, v_row.version, v_row.creator, v_row.created, v_row.created_source, v_row.modifier, v_row.modified,
    v_row.modified_source, v_row.deleter, v_row.deleted, v_row.deleted_source
  ) is distinct from (
    old.id, old.uid, v_version, old.creator, old.created, old.created_source, old.modifier, old.modified,
    old.modified_source, v_deleter, v_deleted, v_source
  ) then
    perform meta.refuse_loss(%1$s);
  end if;
  return null;
end;
$sql$
    end,
    c.id, meta.row_columns(c.id, '', true), meta.row_columns(c.id, 'o.', true), meta.row_columns(c.id, 'old.', true)
  )
  from meta.class as c
  where c.id = p_class;
end;

comment on function meta.keep_statement(bigint) is 'Body of the generated trigger function keep_deleted of a class.';

revoke all on function meta.keep_statement(bigint) from public;
