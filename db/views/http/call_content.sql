-- What a call sends and what came back.

create or replace view http.call_content as
select
  c.id,
  c.headers,
  c.content_type,
  c.body,
  c.response_headers,
  c.response,
  c.truncated
from http.call as c;

comment on view http.call_content is 'Headers and bodies of calls and of their answers.';

grant select on http.call_content to pgears_admin;
