"""Users in the administration: made, changed and closed there, and no way up to superuser."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.accounts.models import User
from core.accounts.operations import reset_second_factor
from core.accounts.roles import ADMINISTRATION, AUDITOR, CASEWORKER, EDITOR
from core.audit.log import SYSTEM
from core.audit.models import Entry
from core.outbox.models import Message
from tests.factories.accounts import UserFactory, log_in

pytestmark = pytest.mark.django_db

ADD = "wagtailusers_users:add"
EDIT = "wagtailusers_users:edit"


def data(**values):
    return {"email": "ny@kk.example.dk", "first_name": "Ny", "last_name": "Medarbejder", **values}


def test_the_administration_adds_a_caseworker_who_logs_in_by_code(staff_client):
    group = Group.objects.get(name=CASEWORKER)

    response = staff_client(ADMINISTRATION).post(
        reverse(ADD), data(email="Ny@KK.example.dk", groups=[group.pk], password1="", password2="")
    )

    assert response.status_code == 302
    user = User.objects.get(email="ny@kk.example.dk")
    assert (list(user.groups.all()), user.has_usable_password(), user.is_superuser) == ([group], False, False)


def test_an_address_is_used_once_whatever_its_case(staff_client):
    UserFactory(email="ny@kk.example.dk")

    response = staff_client(ADMINISTRATION).post(reverse(ADD), data(email="NY@kk.example.dk"))

    assert response.status_code == 200
    assert User.objects.filter(email="ny@kk.example.dk").count() == 1


def test_the_form_of_a_user_opens_and_saves(staff_client):
    user = UserFactory(email="ny@kk.example.dk")
    client = staff_client(ADMINISTRATION)
    url = reverse(EDIT, args=[user.pk])

    assert client.get(url).status_code == 200
    response = client.post(url, data(first_name="Nyt", is_active="on"))

    assert response.status_code == 302
    user.refresh_from_db()
    assert user.first_name == "Nyt"


def test_the_administration_makes_nobody_superuser(staff_client):
    user = UserFactory(email="ny@kk.example.dk")
    client = staff_client(ADMINISTRATION)

    client.post(reverse(ADD), data(email="op@kk.example.dk", is_superuser="on"))
    client.post(reverse(EDIT, args=[user.pk]), data(is_active="on", is_superuser="on"))

    assert User.objects.count() == 3
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_administration_cannot_change_or_delete_a_superuser(staff_client):
    boss = UserFactory(email="chef@kk.example.dk", is_superuser=True)
    client = staff_client(ADMINISTRATION)

    client.post(
        reverse(EDIT, args=[boss.pk]),
        data(email="min@kk.example.dk", password1="en helt ny kode her", password2="en helt ny kode her"),
    )
    client.post(reverse("wagtailusers_users:delete", args=[boss.pk]))

    boss.refresh_from_db()
    assert (boss.email, boss.has_usable_password()) == ("chef@kk.example.dk", False)


@pytest.mark.parametrize("role", [CASEWORKER, EDITOR, AUDITOR])
def test_other_roles_add_and_change_nobody(role, staff_client):
    user = UserFactory(email="ny@kk.example.dk")
    client = staff_client(role)

    client.post(reverse(ADD), data(email="andre@kk.example.dk"))
    client.post(reverse(EDIT, args=[user.pk]), data(first_name="Nyt", is_active="on"))

    user.refresh_from_db()
    assert user.first_name == "Prøve"
    assert not User.objects.filter(email="andre@kk.example.dk").exists()


@pytest.mark.parametrize("role", [ADMINISTRATION, CASEWORKER, EDITOR, AUDITOR])
def test_groups_and_their_permissions_are_changed_by_superusers_only(role, staff_client):
    group = Group.objects.get(name=role)

    response = staff_client(role).get(reverse("wagtailusers_groups:edit", args=[group.pk]))

    assert response.status_code in {302, 403}


def test_a_closed_account_is_logged_out_at_once():
    client = log_in(Client(), UserFactory(email="sag@kk.example.dk", roles=[CASEWORKER]))
    assert client.get("/admin/").status_code == 200

    User.objects.update(is_active=False)

    assert client.get("/admin/").status_code == 302


def test_who_lost_everything_sets_up_a_new_second_factor_after_a_reset():
    user = UserFactory(email="sag@kk.example.dk", roles=[CASEWORKER])
    client = log_in(Client(), user)

    removed = reset_second_factor(user_id=user.pk, actor=SYSTEM, now=timezone.now())

    assert removed == 1
    assert client.get("/admin/")["Location"].startswith("/konto/login/")
    again = log_in(Client(), user, second_factor=False)
    assert again.get("/admin/")["Location"] == "/konto/totrin/"


def test_the_command_resets_by_address(capsys):
    UserFactory(email="sag@kk.example.dk", roles=[CASEWORKER])

    call_command("reset_second_factor", "Sag@kk.example.dk")

    assert "Removed 1" in capsys.readouterr().out


def test_a_changed_address_is_told_to_the_old_one_and_noted(staff_client):
    user = UserFactory(email="gammel@kk.example.dk")

    staff_client(ADMINISTRATION).post(
        reverse(EDIT, args=[user.pk]), data(email="ny@kk.example.dk", is_active="on")
    )

    assert list(Message.objects.values_list("mail_type", "to_email")) == [
        ("address_changed", "gammel@kk.example.dk")
    ]
    assert Entry.objects.filter(action="user.address_changed", subject=f"user:{user.pk}").count() == 1


def test_new_rights_and_closing_are_noted(staff_client):
    user = UserFactory(email="ny@kk.example.dk")
    group = Group.objects.get(name=CASEWORKER)

    staff_client(ADMINISTRATION).post(reverse(EDIT, args=[user.pk]), data(groups=[group.pk]))

    noted = Entry.objects.filter(subject=f"user:{user.pk}").values_list("action", "data").order_by("action")
    assert list(noted) == [("user.closed", {}), ("user.roles_changed", {"roles": [CASEWORKER]})]
    assert not Message.objects.exists()


def test_nobody_changes_their_own_address_in_the_administration(staff_client):
    client = staff_client(EDITOR)

    client.post(
        reverse("wagtailadmin_account"), {"name_email-email": "ny@kk.example.dk", "email": "ny@kk.example.dk"}
    )

    assert not User.objects.filter(email="ny@kk.example.dk").exists()
    assert b"name_email-email" not in client.get(reverse("wagtailadmin_account")).content
