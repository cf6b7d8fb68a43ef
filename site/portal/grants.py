"""What each staff role may do in the administration: one line an app or model.

Provider roles are not here (charter.permissions). Figures and the audit log are never changed by hand.
"""

from core.accounts.roles import (
    ADMINISTRATION,
    ALL,
    AUDITOR,
    CASEWORKER,
    EDITOR,
    VIEW,
    WRITE,
    register_grants,
)


def register() -> None:
    """Register the table."""
    for app in ("booking", "workshops", "charter", "worklist"):
        register_grants(app, {ADMINISTRATION: ALL, CASEWORKER: WRITE, AUDITOR: VIEW})
    for app in ("workshops.offer", "workshops.subject", "workshops.topic", "workshops.venue"):
        register_grants(app, {ADMINISTRATION: ALL, CASEWORKER: WRITE, EDITOR: WRITE, AUDITOR: VIEW})
    for app in ("workshops.session", "workshops.schedule", "workshops.course"):
        register_grants(app, {ADMINISTRATION: ALL, CASEWORKER: WRITE, EDITOR: WRITE, AUDITOR: VIEW})
    for app in ("charter.provider", "charter.programme"):
        register_grants(app, {ADMINISTRATION: ALL, CASEWORKER: WRITE, EDITOR: VIEW, AUDITOR: VIEW})
    register_grants("reporting", {ADMINISTRATION: ALL, CASEWORKER: VIEW, AUDITOR: VIEW})
    register_grants(
        "reporting.annualreport", {ADMINISTRATION: ("add", "view"), CASEWORKER: VIEW, AUDITOR: VIEW}
    )
    register_grants("reporting.annualreportdocument", {})
    for model in ("reporting.agreedamount", "reporting.sessionprice"):
        register_grants(model, {ADMINISTRATION: ("add", "view"), AUDITOR: VIEW})
    register_grants("home", {ADMINISTRATION: ALL, EDITOR: ALL, AUDITOR: VIEW})
    register_grants("cms", {ADMINISTRATION: ALL, EDITOR: ALL, AUDITOR: VIEW})
    register_grants(
        "outbox", {ADMINISTRATION: ("change", "view"), CASEWORKER: ("change", "view"), AUDITOR: VIEW}
    )
    register_grants(
        "outbox.mailtextversion",
        {ADMINISTRATION: ("change", "view"), EDITOR: ("change", "view"), CASEWORKER: VIEW, AUDITOR: VIEW},
    )
    register_grants("outbox.mailtexttrial", {})
    register_grants("privacy", {ADMINISTRATION: ("change", "view"), CASEWORKER: VIEW, AUDITOR: VIEW})
    register_grants("periodic", {ADMINISTRATION: VIEW, AUDITOR: VIEW})
    register_grants("digest", {})
    register_grants("audit", {ADMINISTRATION: VIEW, AUDITOR: VIEW})
    register_grants("accounts", {ADMINISTRATION: ALL, AUDITOR: VIEW})
    register_grants("wagtailredirects", {ADMINISTRATION: ALL, EDITOR: ALL})
    register_grants(
        "simple_translation", {ADMINISTRATION: ("submit_translation",), EDITOR: ("submit_translation",)}
    )
