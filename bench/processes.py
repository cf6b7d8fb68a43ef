"""What the server's processes cost: CPU time from /proc, theirs and that of children they have waited for.

A database in a process of its own is part of the server: SQLite works within the portal's processes, and leaving out
PostgreSQL's work would make its floor look cheap.
"""

import os
from collections.abc import Iterable
from glob import glob
from pathlib import Path

from django.db import connection

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process_ids: Iterable[int]) -> float:
    """Return the CPU time that these processes have used so far."""
    total = 0
    for number in process_ids:
        # Fields 14-17: utime, stime and those of its children.
        total += sum(int(field) for field in _fields(f"/proc/{number}/stat")[11:15])
    return total / _TICKS


def database_cpu_seconds(postmaster: int | None) -> float:
    """Return the CPU time of PostgreSQL so far: the server that began its sessions, those ended and those running.

    A session that ends hands its time to the server, so the sum never falls.
    """
    if postmaster is None:
        return 0
    sessions = [
        fields
        for stat in glob("/proc/[0-9]*/stat")
        if (fields := _fields(stat)) and int(fields[1]) == postmaster
    ]
    used = sum(int(field) for fields in sessions for field in fields[11:13])
    return cpu_seconds([postmaster]) + used / _TICKS


def postmaster() -> int | None:
    """Return the process that began PostgreSQL's sessions; None on SQLite.

    Raises:
        LookupError: PostgreSQL runs on another machine, where its cost cannot be read.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = _fields(f"/proc/{cursor.fetchone()[0]}/stat")
    if not fields:
        raise LookupError("PostgreSQL runs on another machine: its share cannot be measured.")
    return int(fields[1])


def _fields(stat: str) -> list[str]:
    """Return the fields from the third on, none when the process is gone."""
    try:
        # The command in brackets may hold spaces: count from behind it.
        return Path(stat).read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
