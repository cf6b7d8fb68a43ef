"""`portal charter`: look at the seal, check everything that was signed, make a demo's seal."""

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.formats import date_format

from charter.errors import SealError
from charter.sealing import current_seal, published
from charter.sealing.demo import make_demo_seal
from charter.sealing.seals import wanted_level
from charter.verification import verify_everything
from charter.work_items import failure_text


class Command(BaseCommand):
    """The charter on the command line."""

    help = (
        "verify: check all records, files and seals. seal: show the certificate. make-demo-seal: for a demo."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Read what to do."""
        # allow_abbrev etc. as Django's own: sub-parsers get the same class.
        steps = parser.add_subparsers(dest="step", required=True)
        verify = steps.add_parser(
            "verify", help="check all records, files and seals; exit code 1 on any doubt"
        )
        verify.add_argument("--json", action="store_true", help="print the answer as JSON")
        seal = steps.add_parser(
            "seal", help="show the seal: certificate, expiry, level; exit code 1 if it fails"
        )
        seal.add_argument("--json", action="store_true", help="print the answer as JSON")
        seal.add_argument(
            "--publish",
            action="store_true",
            help="copy certificate and chain into PORTAL_SEAL_CERTIFICATES; what is there stays",
        )
        steps.add_parser("make-demo-seal", help="make a demo's own root and seal, once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        {"verify": self._verify, "seal": self._seal, "make-demo-seal": self._make_demo_seal}[options["step"]](
            options
        )

    def _verify(self, options: dict[str, Any]) -> None:
        report = verify_everything(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(
                f"{report.records} records, {report.signatures} signatures, {report.files} documents, "
                f"{report.sealed} sealed, {report.unsealed} without a seal."
            )
            for reference, day in report.deleted_by_rule:
                self.stdout.write(f"{reference}: document and evidence deleted by rule on {day.isoformat()}.")
            for finding in report.findings:
                where = finding.reference or (f"record {finding.record_id}" if finding.record_id else "chain")
                self.stdout.write(self.style.ERROR(f"{where}: {finding.code}"))
            self.stdout.write(
                self.style.SUCCESS("Everything adds up.")
                if report.is_intact
                else self.style.ERROR(
                    f"{len(report.findings)} things do not add up (docs/seal.md explains each)."
                )
            )
        if not report.is_intact:
            sys.exit(1)

    def _seal(self, options: dict[str, Any]) -> None:
        try:
            seal, known = current_seal(), published()
        except SealError as error:
            raise CommandError(
                f"{error.code}: {failure_text(error.code)} {error.args[0] if error.args else ''}"
            ) from error
        if seal is None:
            raise CommandError(
                "No seal is configured: set PORTAL_SEAL_FILE. Documents are stored without a seal."
            )
        if options["publish"]:
            self._publish(seal)
            known = published()
        certificate, now = seal.certificate, timezone.now()
        facts = {
            "certificate": certificate.name,
            "sha256": certificate.fingerprint,
            "valid_from": certificate.not_before.isoformat(),
            "valid_until": certificate.not_after.isoformat(),
            "days_left": (certificate.not_after - now).days,
            "level": str(wanted_level()),
            "allows_lower": settings.PORTAL_SEAL_ALLOW_LOWER,
            "time_stamp_authority": settings.PORTAL_TSA_URL,
            "published": known.is_ours(certificate.fingerprint),
            "roots": [{"name": one.name, "sha256": one.fingerprint} for one in known.roots],
            "former_seals": [
                {"name": one.name, "sha256": one.fingerprint, "valid_until": one.not_after.isoformat()}
                for one in known.seals
                if one.fingerprint != certificate.fingerprint
            ],
        }
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2))
        else:
            for name, value in facts.items():
                self.stdout.write(f"{name + ':':<22}{_as_line(value)}")
        if not certificate.is_valid_at(now):
            raise CommandError(
                f"The certificate is not valid today; it ends on {date_format(certificate.not_after, 'Y-m-d')}."
            )
        if not known.is_ours(certificate.fingerprint):
            raise CommandError("The certificate is not published: portal charter seal --publish.")

    def _publish(self, seal: Any) -> None:
        if not settings.PORTAL_SEAL_CERTIFICATES:
            raise CommandError("Set PORTAL_SEAL_CERTIFICATES to the folder of published certificates.")
        folder = Path(settings.PORTAL_SEAL_CERTIFICATES)
        folder.mkdir(parents=True, exist_ok=True)
        for one in (seal.certificate, *seal.chain):
            path = folder / f"{one.fingerprint[:16]}.pem"
            if not path.exists():
                path.write_text(one.pem)
                self.stdout.write(f"{path}: {one.name}")

    def _make_demo_seal(self, options: dict[str, Any]) -> None:
        if not settings.PORTAL_IS_DEMO:
            raise CommandError("This is not a demo: set DJANGO_SETTINGS_MODULE=portal.settings.demo.")
        folder = Path(settings.PORTAL_SEAL_FILE).parent
        if make_demo_seal(folder):
            self.stdout.write(f"The demo's own root and seal are made: {folder}")


def _as_line(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(" ".join(str(part) for part in one.values()) for one in value) or "-"
    return str(value) or "-"
