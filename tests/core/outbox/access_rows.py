"""Who opens the demo's mailbox: nobody outside the demo (inside it: test_mailbox.py)."""

from tests.access.rows import row

ROWS = [
    row("mailbox", everyone=404),
    row("mailbox_message", lambda world: {"pk": 1}, everyone=404),
    row("mailbox_html", lambda world: {"pk": 1}, everyone=404),
    row("mailbox_attachment", lambda world: {"pk": 1, "number": 0}, everyone=404),
]
