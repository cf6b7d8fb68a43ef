"""`portal demo_broker`: the demo's identity broker, which is not MitID."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from charter.enums import MemberRole
from charter.methods.broker import answer_address
from charter.methods.profiles import profiles
from charter.models import ProviderMember
from portal.demo.broker import Identity, Issuer, server_for


class Command(BaseCommand):
    help = "Serve the demo's identity broker on this machine. `portal demo` starts it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say on which port."""
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until stopped."""
        profile = profiles().get("demo")
        if not settings.PORTAL_IS_DEMO or profile is None:
            raise CommandError("Only the demo has a broker of its own.")
        issuer = Issuer(
            client_id=profile.client_id,
            client_secret=profile.client_secret,
            redirect_uri=answer_address(profile),
            people=_people,
        )
        server_for(issuer, port=options["port"]).serve_forever()


def _people() -> list[Identity]:
    """Return the demo's signatories, and somebody who is none of them."""
    from django.db import connection

    members = (
        ProviderMember.objects.filter(role=MemberRole.SIGNATORY)
        .select_related("user", "provider")
        .order_by("provider__name", "pk")
    )
    found = {
        member.user_id: Identity(
            subject=f"demo-{member.user_id}",
            name=member.user.get_full_name() or member.user.email,
            identity_type="professional" if member.provider.cvr else "private",
            organisation=member.provider.name,
            cvr=member.provider.cvr or "",
        )
        for member in members
    }
    connection.close()
    return [*found.values(), Identity(subject="demo-other", name="Frida Fremmed")]
