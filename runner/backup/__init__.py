"""Backup and restore of one instance, by PostgreSQL's own programs and what they leave out.

pg_dump takes a database without the roles that its rights are about; pg_dumpall takes all
roles of a server. A backup is a folder with the dump, the roles of this instance alone, and
a manifest to check both by.
"""

from .dump import backup
from .restore import Restored, restore

__all__ = ["Restored", "backup", "restore"]
