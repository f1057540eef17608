"""What runs where and in which state: the same figures for `pgears status` and the status page.

A table a room; a room that has nothing shows none.
"""

from __future__ import annotations

TABLES = {
    "runners": "select name, state, listening, holds, started, seen from queue.runner_status",
    "queue": "select * from queue.status",
    "mails": """
        select state, count(*) as mails, min(created) as oldest
        from mail.message_status where state <> 'sent' group by state order by state
    """,
    "mailboxes": """
        select mailbox, enabled, polled, stored, quarantined, secret_days_left, error
        from mail.mailbox_status order by mailbox
    """,
    "targets": """
        select target, breaker, open_until, failures, waiting, sending, held
        from http.target_status
        where breaker <> 'closed' or waiting + sending + held > 0
        order by target
    """,
    "workflows": """
        select workflow, version, running, paused, failed from flow.workflow_status
        where running + paused + failed > 0 order by workflow
    """,
    "jobs": """
        select job, cron, next_slot, last_state, last_run, last_error
        from flow.job_status where enabled order by job
    """,
    "imports": """
        select import, file, phase, done, total, account, started
        from batch.import_run_status where state = 'running' order by run
    """,
    "exports": """
        select export, done, account, started
        from batch.export_run_status where state = 'running' order by run
    """,
    "synchronisations": """
        select sync, direction, enabled, running, last_state, last_run, last_error
        from sync.definition_status order by sync
    """,
    "replication": """
        select subscription, peer, state, lag_rows, lag_seconds, conflicts, refused, error
        from replica.status order by subscription
    """,
    "feed": """
        select labels ->> 'reader' as reader, round(value::numeric, 1) as unread_seconds
        from feed.metric where name = 'pgears_feed_unread_seconds' and value is not null order by 1
    """,
    "views": """
        select state, count(*) as views, min(name) as such_as
        from meta.api_view_states(null, false) where state <> 'current' group by state
    """,
    "sessions and storage": """
        select name, labels ->> 'state' as state, labels ->> 'slot' as slot, value from core.metric
        where value is not null and name <> 'pgears_info' order by name
    """,
    "findings": """
        select state, name as check, found, mend from core.findings()
        where found is not null order by state desc, name
    """,
}
"""Queries by the name of their table."""
