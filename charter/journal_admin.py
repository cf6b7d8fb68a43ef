"""Downloading a package for the journal: who may read the thing may; each download is audited."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from charter.journal import agreement_package, case_package, signature_package
from charter.models import Agreement, Signature, VettingCase
from charter.permissions import acts_for
from core.audit.log import Actor, record


class JournalView(PermissionCheckedMixin, View):
    """Send the package of one object."""

    http_method_names = ["get"]
    model: Any = None
    any_permission_required = ["view", "change"]
    subject = ""
    action = ""
    package: Callable[..., bytes]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make and send it, and note that it was read."""
        found = get_object_or_404(self.model.objects.select_related("provider"), pk=pk)
        # Internal notes about an organisation are not for those who act for it.
        if acts_for(request.user.pk, found.provider_id):
            raise PermissionDenied
        now: datetime = timezone.now()
        data = type(self).package(found, now=now)
        record(
            self.action,
            f"{self.subject}:{found.pk}",
            actor=Actor.of(request.user),
            now=now,
            provider_id=found.provider_id,
        )
        return HttpResponse(
            data,
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{self.filename(found)}"'},
        )

    def filename(self, found: Any) -> str:
        """Return the name of the file."""
        return f"journal-{self.subject}-{found.pk}.zip"


class SignatureJournalView(JournalView):
    """The package of a signature."""

    model = Signature
    subject = "signature"
    action = "signature.journal_read"
    package = staticmethod(signature_package)

    def filename(self, found: Any) -> str:
        """Name it by the reference."""
        return f"journal-{found.reference}.zip"


class CaseJournalView(JournalView):
    """The package of a vetting case."""

    model = VettingCase
    subject = "vettingcase"
    action = "vetting.journal_read"
    package = staticmethod(case_package)


class AgreementJournalView(JournalView):
    """The package of a cooperation agreement."""

    model = Agreement
    subject = "agreement"
    action = "agreement.journal_read"
    package = staticmethod(agreement_package)
