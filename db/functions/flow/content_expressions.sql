-- SQL expressions of subject, plain text and HTML of a notification in one language.
--
-- With HTML alone, the plain text is made of it; with plain text alone, a frame of HTML
-- makes it HTML as well.
-- requires: flow.frame_expression flow.language_text flow.text_expression

create or replace function flow.content_expressions(
  p_model bigint, p_class bigint, p_definition jsonb, p_frame jsonb, p_language text,
  out subject text, out body text, out html text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_variables constant text[] := array(select v.name from jsonb_array_elements_text(p_definition -> 'variables') as v (name));
  v_body constant text := flow.language_text(p_definition -> 'body', p_language);
  v_html constant text := flow.language_text(p_definition -> 'html', p_language);
  v_frame_text constant text := flow.language_text(p_frame -> 'text', p_language);
  v_frame_html constant text := flow.language_text(p_frame -> 'html', p_language);
begin
  subject := flow.text_expression(p_model, p_class, flow.language_text(p_definition -> 'subject', p_language), 'line', p_language, v_variables);

  if v_html is not null then
    html := flow.text_expression(p_model, p_class, v_html, 'html', p_language, v_variables);
  elsif v_frame_html is not null then
    html := flow.text_expression(p_model, p_class, v_body, 'framed', p_language, v_variables);
  end if;

  if v_body is not null then
    body := flow.text_expression(p_model, p_class, v_body, 'text', p_language, v_variables);
  elsif v_frame_text is not null then
    body := format('mail.plain_text(%s)', html);
  end if;

  body := flow.frame_expression(p_model, p_class, v_frame_text, body, 'text', p_language, v_variables);
  html := flow.frame_expression(p_model, p_class, case when html is not null then v_frame_html end, html, 'html', p_language, v_variables);
end;
$$;

comment on function flow.content_expressions(bigint, bigint, jsonb, jsonb, text) is
'SQL expressions of the texts of a notification in one language, null for a text that it has not. Raises PG425.';

revoke all on function flow.content_expressions(bigint, bigint, jsonb, jsonb, text) from public;
