-- What came of a call, as steps and scripts read it: the body as JSON where it is JSON, else as text.

create or replace function http.answer(p_call bigint)
returns jsonb
language plpgsql
stable
security definer  -- lends: reading calls to administrators and the service
set search_path = pg_catalog, pg_temp
as $$
declare
  v_call http.call;
  v_text text;
  v_body jsonb;
begin
  select c.* into v_call from http.call as c where c.id = p_call;
  if not found then
    raise exception 'there is no call %', p_call
      using errcode = 'PG544', hint = '"pgears http list" shows what there is.';
  end if;

  begin
    v_text := convert_from(v_call.response, 'UTF8');
    if v_call.response_headers ->> 'content-type' ~* '^application/([a-z0-9.+-]+\+)?json' and not v_call.truncated then
      v_body := v_text::jsonb;
    end if;
  exception
    when data_exception or untranslatable_character or character_not_in_repertoire or invalid_text_representation then
      null;
  end;

  return jsonb_build_object(
    'call', v_call.id, 'state', v_call.state, 'status', v_call.status, 'headers', v_call.response_headers,
    'body', coalesce(v_body, to_jsonb(v_text)), 'truncated', v_call.truncated, 'error', v_call.error
  );
end;
$$;

comment on function http.answer(bigint) is 'State, status, headers and body of a call as jsonb. Raises PG544.';

revoke all on function http.answer(bigint) from public;
grant execute on function http.answer(bigint) to pgears_admin, pgears_runner;
