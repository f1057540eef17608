"""Fixtures of every test: a server, an initialised template, and databases cloned from it."""

pytest_plugins = [
    "tests.fix_selection",
    "tests.fix_server",
    "tests.fix_database",
    "tests.fix_meta",
    "tests.fix_rights",
    "tests.fix_runner",
    "tests.fix_pooler",
    "tests.fix_mail",
    "tests.fix_http",
    "tests.fix_web",
    "tests.fix_pages",
    "tests.fix_sync",
    "tests.fix_replica",
]
