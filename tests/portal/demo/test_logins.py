"""The demo's log-ins work in the demo, and nowhere else."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.accounts.models import User
from core.accounts.roles import STAFF_ROLES
from portal.demo import logins

pytestmark = pytest.mark.django_db


@pytest.fixture
def _demo(settings, portal_site):
    settings.PORTAL_IS_DEMO = True
    logins.ensure_staff_logins(now=timezone.now())


@pytest.mark.usefixtures("_demo")
def test_the_page_gives_a_working_log_in_for_every_staff_role(client):
    page = client.get("/demo/").content.decode()
    codes = dict(re.findall(r"<td>(\S+@demo\.example)</td>\s*<td><code>(\d{6})</code>", page))
    roles = []

    for email, code in codes.items():
        visitor = Client()
        visitor.post("/konto/login/", {"login": email, "password": logins.PASSWORD})
        visitor.post("/konto/login/trin-2/", {"code": code})
        assert visitor.get("/admin/").status_code == 200
        roles += User.objects.get(email=email).groups.values_list("name", flat=True)

    assert sorted(roles) == sorted(STAFF_ROLES)


@pytest.mark.usefixtures("_demo")
def test_making_the_log_ins_again_changes_nothing():
    before = set(User.objects.values_list("pk", "email"))

    logins.ensure_staff_logins(now=timezone.now())

    assert set(User.objects.values_list("pk", "email")) == before


def test_outside_the_demo_there_is_no_page_no_command_and_no_function(client, portal_site):
    assert client.get("/demo/").status_code == 404
    with pytest.raises(CommandError):
        call_command("demo_logins")
    with pytest.raises(ImproperlyConfigured):
        logins.ensure_staff_logins(now=timezone.now())
    assert not User.objects.filter(email__endswith="@demo.example").exists()
