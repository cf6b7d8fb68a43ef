"""What a signature of the charter costs the server from end to end: pages, document, seal, records, mail.

In process, so that the parts can be told apart; the pages are those a signatory meets over HTTP.
`python -m bench.signing` makes its own SQLite database and prints JSON; ./run bench measures it on each of its own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

BAR_MS = 500


def signatures(*, turns: int) -> dict[str, Any]:
    """Sign so many times, each for a new provider, and return milliseconds of the whole and of its parts."""
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse
    from django.utils import timezone

    from charter import documents
    from charter.methods import codes
    from charter.models import CharterText, Signature, SigningAttempt
    from charter.sealing import read_seal, seal_document
    from charter.sealing.certificates import published
    from charter.texts import text_sha256
    from core.outbox.operations import send_due
    from tests.factories.accounts import log_in
    from tests.factories.charter import CharterPeriodFactory, CharterTextFactory, ProviderMemberFactory
    from tests.seals import seal_environment

    waits: dict[str, list[float]] = defaultdict(list)
    cpu: list[float] = []

    def timed(part: str, act: Callable[..., Any], *arguments: Any) -> Any:
        begun = time.perf_counter()
        result = act(*arguments)
        waits[part].append((time.perf_counter() - begun) * 1000)
        return result

    parts = {"document": documents.receipt, "seal": seal_document}
    with tempfile.TemporaryDirectory() as folder, override_settings(**seal_environment(Path(folder))):
        documents.receipt = partial(timed, "of which the document", parts["document"])
        documents.seal_document = lambda document, **options: timed(
            "of which the seal", partial(parts["seal"], document, **options)
        )
        try:
            now = timezone.now()
            CharterPeriodFactory(year=now.year)
            text = (
                CharterText.objects.filter(language="da").order_by("-version").first() or CharterTextFactory()
            )
            for turn in range(turns + 2):
                member = ProviderMemberFactory(
                    provider__slug=f"bench-{now:%H%M%S}-{turn}", provider__name=f"Bench {now:%H%M%S} {turn}"
                )
                client = log_in(Client(HTTP_HOST="localhost"), member.user)
                address = reverse("charter_sign", kwargs={"slug": member.provider.slug})
                if turn == 2:
                    # The first two read templates and the certificate, as a process does once.
                    waits.clear()
                begun, used = time.perf_counter(), time.process_time()
                page = timed("page to read and fill in", client.get, address).content.decode()
                period = page.split('name="period"')[1].split('value="')[1].split('"')[0]
                answers = {
                    "period": period,
                    "signer_name": "Mette Medlem",
                    "signer_role": "Leder",
                    "authority": "entitled",
                    "statement_1": "on",
                    "statement_2": "on",
                    "statement_3": "on",
                    "text_sha256": text_sha256(text),
                    "text_language": "da",
                }
                sent = timed("statements", client.post, address, answers)
                attempt = SigningAttempt.objects.filter(user=member.user).latest("pk")
                asked = {"slug": member.provider.slug, "attempt_id": attempt.pk}
                timed("page for the code", client.get, sent["Location"])
                if not attempt.code_nonce:
                    client.post(reverse("charter_new_code", kwargs=asked))
                    attempt.refresh_from_db()
                code_url = reverse("charter_code", kwargs=asked)
                with CaptureQueriesContext(connection) as queries:
                    answer = timed("signing itself", client.post, code_url, {"code": codes.code_of(attempt)})
                statements = len(queries)
                timed("receipt page", client.get, answer["Location"])
                timed("mails", partial(send_due, now=timezone.now()))
                if turn >= 2:
                    waits["all"].append((time.perf_counter() - begun) * 1000)
                    cpu.append((time.process_time() - used) * 1000)
                signature = Signature.objects.get(provider=member.provider)
                with signature.evidence.document.open("rb") as file:
                    data = file.read()
                seal = timed("reading a seal (checking)", partial(read_seal, data, known=published()))
                if not seal.is_trusted or not seal.covers_file:
                    raise RuntimeError("The document does not verify: the figures would mean nothing.")
        finally:
            documents.receipt, documents.seal_document = parts["document"], parts["seal"]
    return {
        "turns": turns,
        "server_cpu_ms": round(statistics.median(cpu), 1),
        "waited_ms": round(statistics.median(waits.pop("all")), 1),
        "parts_ms": {name: round(statistics.median(found), 1) for name, found in waits.items()},
        "statements_of_signing_itself": statements,
        "document_bytes": len(data),
    }


def main() -> None:
    """Measure on a database of its own."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            env = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "bench.settings",
                "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
                "PORTAL_VAR_DIR": folder,
            }
            subprocess.run([sys.executable, "-m", "portal.cli", "migrate", "-v0"], env=env, check=True)
            sys.exit(subprocess.run([sys.executable, "-m", "bench.signing"], env=env, check=False).returncode)
    import django

    django.setup()
    found = signatures(turns=20)
    json.dump(found, sys.stdout, indent=2)
    print()
    sys.exit(found["server_cpu_ms"] > BAR_MS)


if __name__ == "__main__":
    main()
