-- True when an account may read a row, or a former row, of a class with these values.
--
-- The rule of the policies once more, for functions that read with their owner's rights what
-- belongs to a row without being in its table: its history, its mails. tests/sql/test_pages.py
-- holds it against the policies.
-- requires: access.effective_right

create or replace function access.reads_data(p_account text, p_class bigint, p_data jsonb)
returns boolean
language sql
stable
begin atomic
  select p_data is not null and (
    exists (select from pg_roles as r where r.rolname = p_account and r.rolsuper)
    or exists (
      select
      from access.effective_right as r
      inner join pg_roles as g on r.group_name = g.rolname
      where r.kind = 'class' and r.class_id = p_class and r.operation = 'read'
        and pg_has_role(p_account, g.oid, 'usage')
        and (
          r.structure_id is null
          or exists (
            select
            from access.scope as s
            where s.login = p_account::name and s.structure_id = r.structure_id and s.depth = r.depth
              and s.unit_ids && array(
                select u.id::bigint
                from jsonb_array_elements_text(
                  case jsonb_typeof(p_data -> ('c' || r.column_id))
                    when 'array' then p_data -> ('c' || r.column_id)
                    when 'number' then jsonb_build_array(p_data -> ('c' || r.column_id))
                    else '[]'
                  end
                ) as u (id)
              )
          )
        )
    )
  );
end;

comment on function access.reads_data(text, bigint, jsonb) is 'Whether a right of the account reaches a row with these physical values of a class.';

revoke all on function access.reads_data(text, bigint, jsonb) from public;
