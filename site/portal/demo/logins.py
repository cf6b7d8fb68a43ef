"""The demo's log-ins: staff with a known password and second factor, others by code in the demo's mailbox.

Nothing here works outside the demo: every function refuses unless PORTAL_IS_DEMO is on.
"""

import base64
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from booking.models import Booking
from charter.models import ProviderMember
from core.accounts.models import User
from core.accounts.roles import ADMINISTRATION, AUDITOR, CASEWORKER, EDITOR
from portal.demo import people

PASSWORD = "prøv portalen i dag"  # noqa: S105 - shown on the demo's own page, and refused elsewhere

_STAFF: tuple[tuple[str, str, str, Any], ...] = (
    (
        ADMINISTRATION,
        "administration@demo.example",
        "Ada Administration",
        _("Runs the programme: sees and changes everything"),
    ),
    (
        CASEWORKER,
        "sagsbehandler@demo.example",
        "Sara Sagsbehandler",
        _("Decides about bookings and providers"),
    ),
    (EDITOR, "redaktoer@demo.example", "Rolf Redaktør", _("Writes offers, material and news")),
    (AUDITOR, "revisor@demo.example", "Rikke Revisor", _("Looks at everything and changes nothing")),
)


@dataclass(frozen=True)
class StaffLogin:
    """A member of staff, with the code that works right now."""

    role: str
    what: Any
    email: str
    code: str


@dataclass(frozen=True)
class PersonLogin:
    """Somebody who logs in by code: the code is in the demo's mailbox."""

    title: Any
    email: str


def ensure_staff_logins(*, now: datetime) -> list[User]:
    """Make the staff users of the demo, or put them right again. Safe to repeat."""
    _require_demo()
    users = []
    with transaction.atomic():
        for role, email, name, _what in _STAFF:
            first_name, last_name = name.split(" ", 1)
            user, _created = User.objects.update_or_create(
                email=email,
                defaults={
                    "first_name": first_name,
                    "last_name": last_name,
                    "is_active": True,
                    "is_provisional": False,
                },
                create_defaults={
                    "first_name": first_name,
                    "last_name": last_name,
                    "date_joined": now,
                },
            )
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
            user.groups.set(Group.objects.filter(name=role))
            Authenticator.objects.update_or_create(
                user=user,
                type=Authenticator.Type.TOTP,
                defaults={"data": {"secret": encrypt(_secret(email))}},
            )
            users.append(user)
    return users


def staff_logins() -> list[StaffLogin]:
    """Return the staff log-ins that exist, each with its present code."""
    _require_demo()
    present = set(
        User.objects.filter(email__in=[email for _role, email, _name, _what in _STAFF]).values_list(
            "email", flat=True
        )
    )
    return [
        StaffLogin(role=role, what=what, email=email, code=_code(email))
        for role, email, _name, what in _STAFF
        if email in present
    ]


def person_logins() -> list[PersonLogin]:
    """Return the providers' people, a teacher and a parent of the demo data, where there are any."""
    _require_demo()
    members = ProviderMember.objects.select_related("user", "provider").order_by("provider", "pk")
    by_provider = {member.provider_id: member for member in reversed(members)}
    found = [
        PersonLogin(title=member.provider.name, email=member.user.email)
        for member in sorted(by_provider.values(), key=lambda member: member.pk)
    ]
    for title, email in ((_("Teacher"), people.TEACHER_EMAIL), (_("Parent"), people.PARENT_EMAIL)):
        if Booking.objects.of_address(email).exists():
            found.append(PersonLogin(title=title, email=email))
    return found


def seconds_left() -> int:
    """Return how long the present codes still show in the apps they imitate."""
    return 30 - int(time.time()) % 30


def _secret(email: str) -> str:
    """Return the app secret of a demo user: fixed as long as SECRET_KEY is."""
    return base64.b32encode(salted_hmac("portal.demo", email, algorithm="sha256").digest()[:20]).decode()


def _code(email: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(_secret(email), int(time.time()) // 30))


def _require_demo() -> None:
    if not settings.PORTAL_IS_DEMO:
        raise ImproperlyConfigured("The demo's log-ins exist in the demo only (portal.settings.demo).")
