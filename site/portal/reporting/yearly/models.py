"""Closed years and their documents. Only ever inserted: triggers refuse the rest (portal.reporting.yearly.triggers)."""

import json
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from charter.models import Programme
from portal.reporting.yearly.canonical import sha256_of


class PeriodKind(models.TextChoices):
    """Which kind of year is closed."""

    CALENDAR = "calendar", _("Calendar year")
    SCHOOL = "school", _("School year")


class DocumentFormat(models.TextChoices):
    """The documents of a closed year."""

    PDF = "pdf", _("PDF (accessible)")
    DOCX = "docx", _("Text for Word (DOCX)")
    XLSX = "xlsx", _("Spreadsheet (XLSX)")
    CSV = "csv", _("Figures (CSV)")
    SESSIONS = "sessions.csv", _("Sessions one by one (CSV)")


class AnnualReport(models.Model):
    """One closing of one year: the snapshot as it was read, and what it corrects."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="annual_reports", verbose_name=_("programme")
    )
    kind = models.CharField(_("kind of year"), max_length=10, choices=PeriodKind)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    number = models.PositiveSmallIntegerField(_("revision"))
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    content = models.TextField()
    """Canonical JSON: what is in it says portal.reporting.yearly.content."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    unreported = models.PositiveIntegerField(_("sessions without report"))
    closed_at = models.DateTimeField(_("closed at"))
    closed_by = models.CharField(_("closed by"), max_length=200)
    """The name as it was: a locked row refers to nobody who may be deleted. The audit log knows the user."""

    class Meta:
        verbose_name = _("yearly report")
        verbose_name_plural = _("yearly reports")
        ordering = ["-last_day", "programme", "kind", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "first_day", "last_day", "number"], name="annual_report_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1, corrects=None, reason="")
                | (Q(number__gt=1, corrects__isnull=False) & ~Q(reason="")),
                name="annual_report_correction_has_reason",
            ),
            models.CheckConstraint(condition=Q(first_day__lt=F("last_day")), name="annual_report_days"),
            models.CheckConstraint(condition=~Q(closed_by=""), name="annual_report_named"),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.programme}"

    @property
    def label(self) -> str:
        """Return the year as it is said: 2026, or 2025/26."""
        return year_label(self.kind, self.first_day.year)

    @property
    def snapshot(self) -> dict[str, Any]:
        """Return the content as values."""
        content: dict[str, Any] = json.loads(self.content)
        return content

    @property
    def is_intact(self) -> bool:
        """Whether the content is the one that was hashed when the year was closed."""
        return sha256_of(self.content) == self.sha256

    @property
    def revision(self) -> str:
        """Return which revision it is, in words."""
        return pgettext_lazy("yearly report", "Revision %(number)s") % {"number": self.number}


class AnnualReportDocument(models.Model):
    """A document of a closed year, byte for byte as it was made when the year was closed."""

    report = models.ForeignKey(AnnualReport, on_delete=models.PROTECT, related_name="documents")
    format = models.CharField(_("format"), max_length=20, choices=DocumentFormat)
    content = models.BinaryField()
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("document of a yearly report")
        verbose_name_plural = _("documents of yearly reports")
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "format"], name="annual_report_document_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.format}"


def year_label(kind: str, year: int) -> str:
    """Return a year as it is said: 2026, or 2025/26 for a school year."""
    return f"{year}/{(year + 1) % 100:02d}" if kind == PeriodKind.SCHOOL else str(year)
