-- Files of the rows that the reader may read, and those that he has stored himself.
--
-- Runs with the reader's rights: the policies of core.file ask for each file whether a row
-- that the reader sees holds it. By id that is an index probe a file column.

create or replace view api.file
with (security_invoker = true)
as
select
  f.id,
  f.uid,
  f.name,
  f.media_type,
  f.size,
  f.created,
  f.creator,
  c.content
from core.file as f
inner join core.file_content as c on f.sha256 = c.sha256;

comment on view api.file is 'Name, type and content of files by id, as far as the reader may read a row that holds them.';
