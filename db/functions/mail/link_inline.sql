-- Parts of a message whose HTML finds its pictures: "cid:" becomes the address of the stored file.
--
-- p_files are the attachments; "content_ids" of the parts has the Content-ID of each, or null. Those
-- that the HTML shows are "inline_images". An address nobody knows stays as it came.

create or replace function mail.link_inline(p_parts jsonb, p_files bigint[])
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_html text := p_parts ->> 'html';
  v_linked text;
  v_inline bigint[] := array[]::bigint[];
  v_part record;
begin
  for v_part in
    select
      p_files[c.place] as file,
      -- Characters of an address may be written as %XX.
      (
        select string_agg(
          case
            when s.part ~ '^[a-zA-Z0-9]$' then s.part
            else format('(?:%s%s|%s)', case when ascii(s.part) < 128 then '\' end, s.part, regexp_replace(encode(convert_to(s.part, 'utf8'), 'hex'), '(..)', '%\1', 'g'))
          end,
          '' order by s.place
        )
        from regexp_split_to_table(c.id, '') with ordinality as s (part, place)
      ) as pattern
    from (
      select e.id, min(e.place) as place
      from jsonb_array_elements_text(p_parts -> 'content_ids') with ordinality as e (id, place)
      where e.id is not null
      group by e.id
    ) as c
    order by c.place
  loop
    v_linked := regexp_replace(v_html, '(["''(=\s])cid:' || v_part.pattern || '(?=["'')>\s])', '\1/files/' || v_part.file, 'gi');

    if v_linked <> v_html then
      v_html := v_linked;
      v_inline := v_inline || v_part.file;
    end if;
  end loop;

  return p_parts - 'content_ids' || case
    when v_inline <> '{}' then jsonb_build_object('html', v_html, 'inline_images', to_jsonb(v_inline))
    else '{}'
  end;
end;
$$;

comment on function mail.link_inline(jsonb, bigint[]) is
'Parts with /files/<id> for "cid:" in the HTML, and the files that it shows as inline_images.';

revoke all on function mail.link_inline(jsonb, bigint[]) from public;
