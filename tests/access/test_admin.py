"""Wagtail's pages for our models, by role: who sees the list, who opens a form, who can change nothing.

The rights are written out here a second time, not read from `portal.grants`: a change there must be meant.
"""

import importlib

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.discovery import addresses
from tests.access.rows import undone
from tests.factories.accounts import log_in

pytestmark = pytest.mark.slow  # every address: once per run


ALL = {"add", "change", "delete", "view"}
WRITE = {"add", "change", "view"}
VIEW = {"view"}
NONE: set[str] = set()

RIGHTS = {
    "booking": {"administration": ALL, "caseworker": WRITE, "auditor": VIEW},
    "workshops": {"administration": ALL, "caseworker": WRITE, "auditor": VIEW},
    "workshops.offer": {"administration": ALL, "caseworker": WRITE, "editor": WRITE, "auditor": VIEW},
    "workshops.subject": {"administration": ALL, "caseworker": WRITE, "editor": WRITE, "auditor": VIEW},
    "workshops.topic": {"administration": ALL, "caseworker": WRITE, "editor": WRITE, "auditor": VIEW},
    "workshops.venue": {"administration": ALL, "caseworker": WRITE, "editor": WRITE, "auditor": VIEW},
    "workshops.session": {"administration": ALL, "caseworker": WRITE, "editor": WRITE, "auditor": VIEW},
    "workshops.course": {"administration": ALL, "caseworker": WRITE, "editor": WRITE, "auditor": VIEW},
    "workshops.schedule": {"administration": ALL, "caseworker": WRITE, "editor": WRITE, "auditor": VIEW},
    "charter": {"administration": ALL, "caseworker": WRITE, "auditor": VIEW},
    "charter.provider": {"administration": ALL, "caseworker": WRITE, "editor": VIEW, "auditor": VIEW},
    "charter.programme": {"administration": ALL, "caseworker": WRITE, "editor": VIEW, "auditor": VIEW},
    "reporting": {"administration": ALL, "caseworker": VIEW, "auditor": VIEW},
    "reporting.annualreport": {"administration": {"add", "view"}, "caseworker": VIEW, "auditor": VIEW},
    "reporting.annualreportdocument": {},
    "home": {"administration": ALL, "editor": ALL, "auditor": VIEW},
    "cms": {"administration": ALL, "editor": ALL, "auditor": VIEW},
    "worklist": {"administration": ALL, "caseworker": WRITE, "auditor": VIEW},
    "outbox": {
        "administration": {"change", "view"},
        "caseworker": {"change", "view"},
        "auditor": VIEW,
    },
    "outbox.mailtextversion": {
        "administration": {"change", "view"},
        "editor": {"change", "view"},
        "caseworker": VIEW,
        "auditor": VIEW,
    },
    "outbox.mailtexttrial": {},
    "periodic": {"administration": VIEW, "auditor": VIEW},
    "digest": {},
    "audit": {"administration": VIEW, "auditor": VIEW},
    "accounts": {"administration": ALL, "auditor": VIEW},
}
STAFF = ("editor", "caseworker", "auditor", "administration")
OUTSIDERS = ("anonymous", "teacher", "provider_member_own")

VIEWSET_PAGES = sorted(
    (address for address in addresses() if address.is_viewset_of_ours), key=lambda address: address.name
)
LISTS = [a for a in VIEWSET_PAGES if a.name.split(":")[-1] in {"index", "list", "index_results"}]
FORMS = [a for a in VIEWSET_PAGES if a.name.split(":")[-1] == "add"]
OBJECTS = [a for a in VIEWSET_PAGES if "<" in a.route]


def rights(model, role):
    meta = model._meta
    line = RIGHTS.get(meta.label_lower, RIGHTS.get(meta.app_label))
    assert line is not None, f"say in tests/access/test_admin.py who may do what with {meta.label}"
    return line.get(role, NONE)


@pytest.mark.django_db
def test_a_list_is_seen_by_the_roles_with_any_right_to_its_model(visits):
    wrong = {}
    for address in LISTS:
        seen = {
            role for role in STAFF if visits.request(role, "get", reverse(address.name)).status_code == 200
        }
        meant = {role for role in STAFF if rights(address.model, role)}
        if seen != meant:
            wrong[address.name] = f"seen by {sorted(seen)}, meant for {sorted(meant)}"

    assert wrong == {}


@pytest.mark.django_db
def test_a_form_for_a_new_object_opens_only_with_the_right_to_add(visits):
    wrong = {}
    for address in FORMS:
        seen = {
            role for role in STAFF if visits.request(role, "get", reverse(address.name)).status_code == 200
        }
        meant = {role for role in STAFF if "add" in rights(address.model, role)}
        if not seen <= meant:
            wrong[address.name] = f"seen by {sorted(seen)}, meant for {sorted(meant)}"

    assert wrong == {}


@pytest.mark.django_db
def test_nobody_outside_the_staff_sees_anything(visits):
    wrong = {}
    for address in VIEWSET_PAGES:
        with undone():
            url = address_of(address, make(address.model) if "<" in address.route else None)
            for role in OUTSIDERS:
                for method in ("get", "post"):
                    status = visits.request(role, method, url).status_code
                    if status not in {302, 403, 404, 405}:
                        wrong[f"{method} {address.name} as {role}"] = status

    assert wrong == {}


@pytest.mark.django_db
def test_who_may_only_view_changes_nothing(visits):
    wrong = []
    for address in OBJECTS:
        with undone():
            instance = make(address.model)
            url = address_of(address, instance)
            row = address.model._default_manager.filter(pk=getattr(instance, "pk", 0)).values()
            before = row.first()
            for role in STAFF:
                if rights(address.model, role) - VIEW:
                    continue
                client = log_in(Client(), visits.world.people[role])
                client.post(url)
                if row.first() != before:
                    wrong.append(f"{address.name} as {role}")

    assert wrong == []


def make(model):
    """Make an object with the package's factory; None when there is none (then the URL has no object)."""
    try:
        factories = importlib.import_module(f"tests.factories.{model._meta.app_label}")
        return getattr(factories, f"{model.__name__}Factory")()
    except (ImportError, AttributeError):
        return model._default_manager.first()


def address_of(address, instance):
    """Return the URL; every argument is the object's key."""
    if "<" not in address.route:
        return reverse(address.name)
    return reverse(address.name, args=[str(getattr(instance, "pk", 0))] * address.route.count("<"))
