"""What a page costs in one process at two sizes: `python -m bench.growth` on a database of each, without servers.

Prints CPU milliseconds, statements and the ratio to the first database: growth that an index or SQL should mend.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import time

import django

django.setup()


from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.data import World, prepare  # noqa: E402
from charter.enums import MemberRole  # noqa: E402
from charter.models import Provider  # noqa: E402
from core.accounts.models import User  # noqa: E402
from tests.factories.accounts import UserFactory, log_in  # noqa: E402
from tests.factories.charter import ProviderMemberFactory  # noqa: E402

STAFF_PATHS = ("/admin/", "/udbyder/")
"""Pages that are read by the member of staff, who is a member of the provider with most sessions, too."""


def reader() -> User:
    """Make the person who reads the pages of staff and of the largest provider."""
    user: User = UserFactory(
        email=f"bench-{secrets.token_hex(3)}@example.dk", is_superuser=True, roles=["Sagsbehandler"]
    )
    ProviderMemberFactory(provider=_largest_provider(), user=user, role=MemberRole.COORDINATOR)
    return user


def _largest_provider() -> Provider:
    return Provider.objects.annotate(number=Count("sessions")).order_by("-number", "pk")[0]


def paths_of(world: World) -> dict[str, str]:
    """Return the pages, lists, calendars and feeds that are measured."""
    today = timezone.localdate()
    # Half of the sessions that the bench adds lie in the year before, reported.
    last_year = f"{today.year - 1}-01-01_{today.year - 1}-12-31"
    programme = _largest_provider().sessions.latest("pk").programme_id
    provider = _largest_provider().slug
    return {
        "home": "/",
        "catalogue": world.catalogue_path,
        "offer": world.offer_path,
        "booking_form": f"/book/{world.visits[0]}/",
        "search": "/soeg/?q=b%C3%B8rn",
        "feed": "/kalender/alle.ics",
        "offer_feed": f"/kalender/tilbud/{world.offer_id}.ics",
        "admin_home": "/admin/",
        "admin_tasks": "/admin/opgaver/",
        "admin_tasks_of_a_kind": "/admin/opgaver/?kind=bench",
        "admin_bookings": "/admin/bookinger/",
        "admin_sessions": "/admin/sessions/",
        "admin_month": f"/admin/sessions/month/?maaned={today:%Y-%m}",
        "admin_outbox": "/admin/outbox/",
        "admin_audit": "/admin/audit/",
        "admin_providers": "/admin/provider/",
        "admin_unreported": reverse("unreported"),
        "admin_goals": f"{reverse('goals')}?by=district&period={last_year}",
        "admin_goal_sessions": f"{reverse('goal_sessions')}?period={last_year}",
        "admin_coverage": f"{reverse('coverage')}?period={last_year}",
        "admin_evaluation": f"{reverse('evaluation_results')}?periode=aar-{today.year - 1}",
        "admin_texts": f"{reverse('evaluation_texts')}?vis=citater",
        "admin_year": reverse("annual_report:preview", args=[programme, str(today.year - 1)]),
        "provider_home": reverse("provider_home", args=[provider]),
        "provider_dates": reverse("provider_dates", args=[provider]),
        "provider_evaluation": f"{reverse('provider_evaluation', args=[provider])}?periode=aar-{today.year - 1}",
    }


def cost_of_pages(*, turns: int) -> dict[str, dict[str, float]]:
    """Return each page's CPU in milliseconds (the median) and its statements, on the database of this process."""
    staff = log_in(Client(headers={"host": "localhost"}), reader())
    found = {}
    for name, path in paths_of(prepare()).items():
        client = staff if path.startswith(STAFF_PATHS) else Client(headers={"host": "localhost"})
        for _warm in range(2):
            answer = client.get(path)
            assert answer.status_code == 200, (name, path, answer.status_code)
            list(answer)
        with CaptureQueriesContext(connection) as statements:
            client.get(path)
            number = len(statements)
        spent = []
        for _turn in range(turns):
            before = time.process_time()
            list(client.get(path))
            spent.append(time.process_time() - before)
        found[name] = {"cpu_ms": round(statistics.median(spent) * 1000, 1), "statements": number}
    return found


def main() -> None:
    """Measure this process's database, or the two that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("urls", nargs="*", help="databases to compare, the small one first")
    parser.add_argument("--turns", type=int, default=7)
    options = parser.parse_args()
    if not options.urls:
        settings.DEBUG = False
        json.dump(cost_of_pages(turns=options.turns), sys.stdout)
        return
    results = []
    for url in options.urls:
        command = [sys.executable, "-m", "bench.growth", "--turns", str(options.turns)]
        env = {**os.environ, "PORTAL_DATABASE_URL": url}
        done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE)  # noqa: S603
        results.append(json.loads(done.stdout))
    first, last = results[0], results[-1]
    for name, cost in last.items():
        ratio = cost["cpu_ms"] / first[name]["cpu_ms"]
        print(
            f"{name:24} {first[name]['cpu_ms']:8.1f} ms {cost['cpu_ms']:8.1f} ms {ratio:6.1f}"
            f"   statements {first[name]['statements']:3} {cost['statements']:3}"
        )


if __name__ == "__main__":
    main()
