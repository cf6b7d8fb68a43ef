"""Who may open what: every URL of ours, against every role (X5, rule 12).

How to add a row
----------------
A package keeps its rows in `tests/<package>/access_rows.py` (found by itself, also one level down):

    from tests.access.rows import LOGIN, row

    ROWS = [
        row("was", everyone=200),
        row("my_bookings", anonymous=LOGIN, logged_in=200),
        row("session_report", own_session, anonymous=LOGIN, logged_in=404, provider_member_own=200),
        row("session_report", own_session, method="post", data={"attended": 1}, ..., provider_member_own=302),
    ]

- The first argument is the URL's name (with its namespace, as in `{% url %}`).
- The second, if the URL has arguments, takes the `World` and returns them: `lambda world: {"pk": ...}`. What it
  makes belongs to `world.provider` and to `world.people["teacher"]` (their address: `world.email`), to nobody else.
- Then what each role gets. From general to special: `everyone`, `logged_in`, `persons` (teacher, other_person),
  `providers` (provider_member_own, provider_member_other), `staff` (editor, caseworker, auditor, administration),
  then any single role. A status is a number, a tuple of numbers, or LOGIN (sent to log in).
- A row must say something for every role, else it fails. Several rows may be about the same URL.

What fails
----------
- `test_matrix.py`: a URL of ours without a row; a row whose URL is gone; a status that is not the one promised.
- `test_admin.py`: a list, form or object page of ours in the administration that a role sees and should not, or
  a change that a role with viewing rights only can make. Wagtail's own pages for our models need no rows: they
  follow from `portal.grants`; the table there is written out a second time in the test.
- `test_fuzz.py`: a public URL that answers 500 to odd parameters.
"""
