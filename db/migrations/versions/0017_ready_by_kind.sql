-- Ready tasks by kind: a claim steps over the kinds it does not want without reading them.

drop index queue.task_ready_idx;

-- Claims walk this index; the plan test knows it by name.
create index task_ready_idx on queue.task (kind, lane, turn) where state = 'ready';
