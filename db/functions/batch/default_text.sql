-- Text of a default of an import: what stands in braces is of the run.
-- requires: core.now

create or replace function batch.default_text(p_run batch.import_run, p_text text)
returns text
language sql
stable
begin atomic
  select
    replace(
      replace(
        replace(
          replace(
            replace(
              replace(
                replace(
                  replace(p_text, '{{user}}', p_run.account),
                  '{{user_name}}', coalesce((select a.full_name from access.account as a where a.login = p_run.account), p_run.account)
                ),
                '{{user_id}}', coalesce((select a.id::text from access.account as a where a.login = p_run.account), '')
              ),
              '{{now}}', to_char(core.now(), 'YYYY-MM-DD"T"HH24:MI:SS.USOF')
            ),
            '{{today}}', to_char(core.now(), 'YYYY-MM-DD')
          ),
          '{{file}}', p_run.file_name
        ),
        '{{import}}', (select i.code from batch.import as i where i.id = p_run.import_id)
      ),
      '{{run}}', p_run.id::text
    );
end;

comment on function batch.default_text(batch.import_run, text) is 'A default of an import with user, time, file and run filled in.';

revoke all on function batch.default_text(batch.import_run, text) from public;
