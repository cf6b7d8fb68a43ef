"""People: `UserFactory()` logs in by code; `UserFactory(roles=["Sagsbehandler"])` is staff."""

import time
from collections.abc import Sequence

import factory
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.models import Group
from django.test import Client

from core.accounts.models import User

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The second factor of every staff user made here."""

PASSWORD = "en lang adgangskode til prøver"


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a proven address and no password.

    `roles` puts the person in staff groups, with password and second factor (`with_second_factor=False`: without).
    """

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.dk")
    first_name = "Prøve"
    last_name = factory.Sequence(lambda number: f"Person {number}")
    password = "!"

    @classmethod
    def _create(
        cls,
        model_class,
        *args,
        roles: Sequence[str] = (),
        with_second_factor: bool | None = None,
        **kwargs,
    ):
        user = super()._create(model_class, *args, **kwargs)
        if roles:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
            user.groups.set(Group.objects.filter(name__in=roles))
            assert user.groups.count() == len(roles), f"groups missing: {roles}"
        if with_second_factor if with_second_factor is not None else bool(roles):
            Authenticator.objects.create(
                user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(TOTP_SECRET)}
            )
        return user


def log_in(client: Client, user: User, *, second_factor: bool | None = None) -> Client:
    """Log a user in; staff have passed their second factor unless `second_factor=False`."""
    client.force_login(user)
    passed = user.groups.exists() or user.is_superuser if second_factor is None else second_factor
    if passed:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client
