-- Columns of the file that an import reads, as its definition or the codes of the class name them.
-- requires: meta.effective_column

create or replace function batch.import_sources(p_import bigint)
returns text[]
language sql
stable
begin atomic
  select
    case
      when i.definition ? 'columns' then array(
        select distinct c.value
        from jsonb_each_text(i.definition -> 'columns') as c
        order by c.value
      )
      else array(
        select e.code
        from meta.effective_column as e
        where
          e.class_id = i.class_id and e.stored and e.type not in ('calculated', 'file')
          and cardinality(e.targets) < 2
        order by e.position
      )
    end
  from batch.import as i
  where i.id = p_import;
end;

comment on function batch.import_sources(bigint) is 'Names, numbers or paths of the columns that an import looks for in a file.';

revoke all on function batch.import_sources(bigint) from public;
