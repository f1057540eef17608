-- What changes made of a record: who, when, by which way, and the columns that became different.
--
-- Rows and former rows that no right of the caller reaches are left out, and columns that he
-- may not read.
-- requires: access.my_seal web.history_of

create or replace function web.record_history(p_class bigint, p_record bigint)
returns table (version bigint, at timestamptz, account text, source text, operation text, changes jsonb)
language sql
stable
begin atomic
  select h.version, h.at, h.account, h.source, h.operation, h.changes
  from access.my_seal as s
  cross join lateral web.history_of(s.account, s.seal, p_class, p_record) as h;
end;

comment on function web.record_history(bigint, bigint) is
'Versions of a record, newest first, with what each changed as {code: [before, after]}; only the newest without an archive, nothing for rows unseen.';

revoke all on function web.record_history(bigint, bigint) from public;
grant execute on function web.record_history(bigint, bigint) to public;
