"""Districts, schools and their e-mail domains, school years and days off."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workshops.enums import SchoolType
from workshops.querysets import SchoolQuerySet


class District(models.Model):
    """One of Copenhagen's ten districts (bydele), by official number."""

    number = models.PositiveSmallIntegerField(_("number"), primary_key=True)
    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """A school of the Institutionsregister (S7). History is kept: closing and merging set dates."""

    institution_number = models.CharField(
        _("institution number"), max_length=6, null=True, blank=True, unique=True
    )
    name = models.CharField(_("name"), max_length=200)
    school_type = models.CharField(_("type"), max_length=40, choices=SchoolType)
    unit_type = models.CharField(_("unit type"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("umbrella"),
    )
    owner = models.CharField(_("owner"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=4, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    municipality = models.CharField(_("municipality"), max_length=60, default="København")
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schools",
        verbose_name=_("district"),
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    cvr = models.CharField(_("owner's CVR"), max_length=8, blank=True)
    is_bookable = models.BooleanField(_("can book"), default=True)
    """False for umbrella units; 118 of the 120 shipped rows can book."""

    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )
    search_text = models.CharField(max_length=400, blank=True, db_index=True)
    """Lower-case name, number, address and postal code, kept by the importer and the admin form."""

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def can_book(self, *, on: date) -> bool:
        """Whether it can book on a day: SchoolQuerySet.bookable for a row that is read already.

        The same rule twice, to save a statement; tests/workshops/test_schools.py compares the two.
        """
        return self.is_bookable and (self.closed_on is None or self.closed_on > on)

    @property
    def heir(self) -> "School | None":
        """The school that has taken over, also where that one was merged in turn."""
        seen, school = {self.pk}, self
        while school.merged_into is not None and school.merged_into_id not in seen:
            school = school.merged_into
            seen.add(school.pk)
        return None if school is self else school

    @property
    def is_municipal(self) -> bool:
        """Whether the municipality owns it: its staff write from the municipality's e-mail domains."""
        return self.owner == "Kommunale"


class SchoolDomain(models.Model):
    """An e-mail domain known as a school's: such an address confirms at once (S27, X6).

    Without a school it counts for every municipal school (kk.dk).
    """

    domain = models.CharField(_("domain"), max_length=120)
    school = models.ForeignKey(
        School,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="domains",
        verbose_name=_("school"),
    )

    class Meta:
        verbose_name = _("school e-mail domain")
        verbose_name_plural = _("school e-mail domains")
        ordering = ["domain", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["domain", "school"], name="domain_once_per_school"),
            models.UniqueConstraint(fields=["domain"], condition=Q(school=None), name="domain_once_for_all"),
        ]

    def __str__(self) -> str:
        return self.domain


class SchoolYear(models.Model):
    """A school year whose holiday plan is known. A year without a row shows «ferieplan mangler»."""

    start_year = models.PositiveSmallIntegerField(_("begins in"), primary_key=True)
    """2026 for 2026/27: from 1 August to 31 July."""

    class Meta:
        verbose_name = _("school year")
        verbose_name_plural = _("school years")
        ordering = ["start_year"]

    def __str__(self) -> str:
        return f"{self.start_year}/{(self.start_year + 1) % 100:02d}"


class Holiday(models.Model):
    """Days off in a school year, for all schools or as one school's override. They warn, never block (S18)."""

    school_year = models.ForeignKey(SchoolYear, on_delete=models.CASCADE, related_name="holidays")
    name = models.CharField(_("name"), max_length=80)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    school = models.ForeignKey(
        School,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="holidays",
        verbose_name=_("only this school"),
    )
    is_school_day = models.BooleanField(_("these are school days after all"), default=False)
    """On an override: the school teaches although the municipal plan says holiday."""

    class Meta:
        verbose_name = _("school holiday")
        verbose_name_plural = _("school holidays")
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="holiday_days_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.school_year}"


class PublicHoliday(models.Model):
    """A public holiday in Denmark, or a day everybody keeps off (24 and 31 December)."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.name} {self.day:%Y-%m-%d}"
