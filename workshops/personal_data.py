"""What workshops holds of persons: who holds a session, and the contact person that an offer shows."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.privacy.people import Person, has_email, has_phone
from core.privacy.registry import Asked, Holding, dated, exempt, register
from workshops.models import OfferDraft, OfferPage, Schedule, Session
from workshops.operations.drafts import KEPT_DAYS, old_drafts
from workshops.plain_text import RICH

FACILITATOR_KEPT = timedelta(days=730)
"""Who held a session: as long as the note about how it went."""


def forget_facilitators(now: datetime) -> int:
    """Empty who held sessions two years back, and of plans that ended then. Returns how many."""
    with transaction.atomic():
        return old_facilitators(now).update(facilitator="") + old_plan_facilitators(now).update(
            facilitator=""
        )


def old_facilitators(now: datetime) -> QuerySet[Session]:
    """Return the sessions two years back that still say who held them."""
    rows: QuerySet[Session] = Session.objects.exclude(facilitator="").filter(
        starts_at__lt=now - FACILITATOR_KEPT
    )
    return rows


def old_plan_facilitators(now: datetime) -> QuerySet[Schedule]:
    """Return the plans that ended two years back and still say who holds them."""
    rows: QuerySet[Schedule] = Schedule.objects.exclude(facilitator="").filter(
        last_date__lt=(now - FACILITATOR_KEPT).date()
    )
    return rows


def _of_contact(person: Person) -> Q:
    return has_email(person, "contact_email") | has_phone(person, "contact_phone")


def _shown(row: Any, asked: Asked) -> Any:
    return _("It is shown on the offer’s page. It goes when another contact is written there.")


def _typed(person: Person) -> Q:
    return Q(values__contact_email__iexact=person.email) if person.email else Q(pk__in=[])


def _drafted(row: Any, asked: Asked) -> Any:
    return _("It stands in a provider’s draft of an offer. The provider can change it there.")


def register_all() -> None:
    """Register what workshops holds."""
    register(
        Holding(
            name="session_facilitators",
            rule="facilitators",
            model="workshops.Session",
            fields=("facilitator",),
            rows=lambda: dated(Session.objects.exclude(facilitator=""), since="created_at").annotate(
                kept_until=F("starts_at") + FACILITATOR_KEPT
            ),
            due=old_facilitators,
            unfound="a name and no address",
        )
    )
    register(
        Holding(
            name="plan_facilitators",
            rule="facilitators",
            model="workshops.Schedule",
            fields=("facilitator",),
            rows=lambda: dated(Schedule.objects.exclude(facilitator=""), since="created_at").annotate(
                kept_until=F("last_date") + FACILITATOR_KEPT
            ),
            due=old_plan_facilitators,
            unfound="a name and no address",
        )
    )
    register(
        Holding(
            name="page_contacts",
            rule="page_history",
            model="workshops.OfferPage",
            fields=(
                "contact_name",
                "contact_email",
                "contact_phone",
                "practitioner_name",
                "practitioner_role",
            ),
            shown=("title",),
            rows=lambda: dated(
                OfferPage.objects.exclude(contact_name="", contact_email="", practitioner_name=""),
                since="first_published_at",
            ),
            of=_of_contact,
            stays=_shown,
            contact="contact_email",
            url=lambda row: reverse("wagtailadmin_pages:edit", args=[row.pk]),
        )
    )
    register(
        Holding(
            name="offer_drafts",
            rule="offer_drafts",
            model="workshops.OfferDraft",
            fields=("values", "author"),
            shown=("provider", "created_at"),
            rows=lambda: dated(OfferDraft.objects.all(), since="created_at").annotate(
                kept_until=F("changed_at") + timedelta(days=KEPT_DAYS)
            ),
            due=old_drafts,
            of=_typed,
            stays=_drafted,
        )
    )
    for model, reason in {
        "workshops.District": "districts",
        "workshops.School": "the public register of schools",
        "workshops.SchoolDomain": "domains of organisations",
        "workshops.Holiday": "names of holidays",
        "workshops.PublicHoliday": "names of holidays",
        "workshops.Subject": "names of subjects",
        "workshops.Topic": "names of topics",
        "workshops.Offer": "rules of an offer",
        "workshops.OfferIndexPage": "published texts",
        "workshops.OfferPageFile": "titles of files",
        "workshops.MaterialIndexPage": "published texts",
        "workshops.TeachingMaterialPage": "published texts; which office decided",
        "workshops.MaterialFile": "titles of files",
        "workshops.Venue": "places; the house's phone",
        "workshops.Course": "names of courses",
    }.items():
        exempt(model, reason=reason)
    exempt(
        "workshops.OfferPage",
        "teaser",
        *RICH,
        "price_text",
        "price_for",
        reason="published texts",
    )
    exempt(
        "workshops.OfferDraft", "rules", "comment", reason="booking rules, and our own words about an offer"
    )
    exempt("workshops.Schedule", "online_url", reason="the address of a meeting")
    exempt(
        "workshops.Session", "title", "title_en", "online_url", "state_reason", reason="texts about a date"
    )
