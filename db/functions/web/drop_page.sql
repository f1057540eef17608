-- Drop the definition of a page; the class has its plain pages again.

create or replace function web.drop_page(p_page bigint)
returns void
language sql
volatile
security definer  -- lends: writing definitions of pages to administrators
begin atomic
  delete from web.page as p where p.id = p_page;
end;

comment on function web.drop_page(bigint) is 'Drop the definition of the pages of a class.';

revoke all on function web.drop_page(bigint) from public;
grant execute on function web.drop_page(bigint) to pgears_admin;
