"""Staff see nothing before their second factor, whatever way they came in (X2)."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from core.accounts.roles import ADMINISTRATION, AUDITOR, CASEWORKER, EDITOR, STAFF_ROLES
from tests.factories.accounts import UserFactory, log_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_staff_with_a_passed_second_factor_open_the_administration(role, staff_client):
    assert staff_client(role).get("/admin/").status_code == 200


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_staff_without_a_second_factor_are_sent_to_set_it_up(role):
    client = log_in(Client(), UserFactory(roles=[role], with_second_factor=False), second_factor=False)

    response = client.get("/admin/pages/")

    assert (response.status_code, response["Location"]) == (302, "/konto/totrin/")


def test_staff_whose_session_has_not_shown_the_second_factor_are_asked_for_it():
    client = log_in(Client(), UserFactory(roles=[CASEWORKER]), second_factor=False)

    response = client.get("/admin/reports/?a=b")

    assert response["Location"] == "/konto/bekraeft/kode/?next=%2Fadmin%2Freports%2F%3Fa%3Db"


def test_a_second_factor_shown_by_another_user_of_the_session_does_not_count():
    client = log_in(Client(), UserFactory(roles=[CASEWORKER]), second_factor=False)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = str(UserFactory().pk)
    session.save()

    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "make",
    [
        lambda: UserFactory(is_superuser=True),
        lambda: UserFactory(is_staff=True),
    ],
    ids=["superuser", "is_staff"],
)
def test_nobody_with_staff_rights_by_a_flag_goes_round_it(make):
    client = log_in(Client(), make(), second_factor=False)

    assert client.get("/admin/")["Location"] == "/konto/totrin/"


def test_nobody_with_a_permission_of_their_own_goes_round_it():
    user = UserFactory()
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    )
    client = log_in(Client(), user, second_factor=False)

    assert client.get("/admin/")["Location"] == "/konto/totrin/"


def test_a_person_without_a_role_does_not_enter_the_administration(person_client):
    response = person_client().get("/admin/")

    assert response.status_code in {302, 403}


@pytest.mark.parametrize(
    "path", ["/admin/login/", "/admin/password_reset/", "/admin/logout/", "/_util/login/", "/djadmin/"]
)
def test_no_other_log_in_form_is_served(path, client):
    response = client.get(path)

    assert response.status_code in {302, 404, 405}
    if response.status_code == 302:
        assert response["Location"].startswith("/konto/login/")


@pytest.mark.parametrize("path", ["/admin/login/", "/_util/login/"])
def test_a_password_posted_to_wagtails_log_in_logs_nobody_in(path, client):
    user = UserFactory(roles=[ADMINISTRATION])

    response = client.post(path, {"username": user.email, "password": "en lang adgangskode til prøver"})

    assert response.status_code in {302, 405}
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("role", [EDITOR, AUDITOR])
def test_half_logged_in_staff_are_visitors_on_every_other_page(role, rf):
    from core.accounts.middleware import SecondFactorMiddleware

    client = log_in(Client(), UserFactory(roles=[role]), second_factor=False)
    request = rf.get("/udbyder/")
    request.COOKIES["sessionid"] = "x"
    request.session = client.session
    request.user = UserFactory(roles=[role])
    seen = []
    SecondFactorMiddleware(lambda request: seen.append(request.user.is_authenticated))(request)

    assert seen == [False]
