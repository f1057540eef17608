-- The plain text of a text in HTML, for those whose reader shows no HTML.
--
-- Blocks become lines, cells are separated by tabs, links show their address, pictures
-- their alternative text; styles, scripts and comments go. It is text at the end, so what
-- it gets wrong can look odd but do no harm.

create or replace function mail.plain_text(p_html text)
returns text
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_text text := p_html;
  v_entity record;
begin
  v_text := regexp_replace(v_text, '<!--.*?-->', '', 'gs');
  v_text := regexp_replace(v_text, '<(head|style|script|title|template)\y[^>]*>.*?</\1\s*>', '', 'gis');
  v_text := regexp_replace(v_text, '\s+', ' ', 'g');
  v_text := regexp_replace(v_text, '<a\y[^>]*?\yhref\s*=\s*["'']?(?:mailto:)?([^"''\s>]+)["'']?[^>]*>(.*?)</a\s*>', '\2 <\1>', 'gi');
  v_text := regexp_replace(v_text, '(\S+) <\1>', '\1', 'g');
  v_text := regexp_replace(v_text, '<([a-z][a-z0-9+.-]*:[^<>\s]*|[^<>\s@]+@[^<>\s@]+)>', '&lt;\1&gt;', 'gi');
  v_text := regexp_replace(v_text, '<img\y[^>]*?\yalt\s*=\s*"([^"]*)"[^>]*>', '\1', 'gi');
  v_text := regexp_replace(v_text, '<li\y[^>]*>', e'\n- ', 'gi');
  v_text := regexp_replace(v_text, '</t[dh]\s*>', e'\t', 'gi');
  v_text := regexp_replace(v_text, '</tr\s*>\s*(?=<tr)', '', 'gi');
  v_text := regexp_replace(v_text, '</?(p|h[1-6]|table|ul|ol|blockquote|pre|hr)\y[^>]*>', e'\n\n', 'gi');
  v_text := regexp_replace(v_text, '<br\y[^>]*>|</?(address|article|div|dl|dt|dd|footer|form|header|main|section|tr)\y[^>]*>', e'\n', 'gi');
  v_text := regexp_replace(v_text, '<[/!?a-z][^>]*>', '', 'gi');

  for v_entity in
    select distinct m.found[1] as digits, m.found[2] as hex
    from regexp_matches(v_text, '&#(?:(\d{1,7})|x([0-9a-f]{2,6}));', 'gi') as m (found)
  loop
    if v_entity.hex is not null then
      v_text := replace(
        v_text, '&#x' || v_entity.hex || ';',
        case when length(ltrim(v_entity.hex, '0')) <= 5 then coalesce(mail.character_of(('x' || lpad(v_entity.hex, 8, '0'))::bit(32)::integer), '') else '' end
      );
    else
      v_text := replace(v_text, '&#' || v_entity.digits || ';', coalesce(mail.character_of(v_entity.digits::integer), ''));
    end if;
  end loop;

  v_text := replace(replace(replace(replace(replace(replace(
    v_text, '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&apos;', ''''), '&amp;', '&');
  v_text := regexp_replace(v_text, '[ \t]*\n[ \t]*', e'\n', 'g');
  v_text := regexp_replace(v_text, ' {2,}', ' ', 'g');
  v_text := regexp_replace(v_text, '\n{3,}', e'\n\n', 'g');
  return trim(both e' \n\t' from v_text);
end;
$$;

comment on function mail.plain_text(text) is 'Plain text made of HTML; null for null.';

revoke all on function mail.plain_text(text) from public;
