-- What a class column shows as text: the path of the class.
--
-- Read with the owner's rights, so that API views show it to readers who may not read
-- definitions.

create or replace view meta.class_name as
select
  c.id,
  m.code || '.' || c.code as path
from meta.class as c
inner join meta.model as m on c.model_id = m.id;

comment on view meta.class_name is 'Class id and model.class, readable by everybody through API views.';

grant select on meta.class_name to public;
