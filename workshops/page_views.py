"""What the pages of offers and material show: reads, and the choices of their filters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from charter.public import badge_of, card_badge
from core.cms.frame import current_frame, phone_link
from core.cms.restrictions import open_to_all
from core.cms.search import find_ids
from core.prepared import attach_to, prepared
from workshops.catalogue import PAGE_SIZE, catalogue_page, dates_of, free_dates
from workshops.enums import MaterialFileKind, MaterialState, VisitPhase
from workshops.forms import SHOWN_STATES, CatalogueForm, Choices, LibraryForm
from workshops.labels import (
    card_facts,
    duration_label,
    grades_label,
    group_label,
    languages_label,
    phase_label,
    place_label,
    school_provides_labels,
)
from workshops.models import District, Offer, OfferPage, OfferPageFile, Subject, TeachingMaterialPage, Topic
from workshops.trials import approval_of


def _named(rows: Any, key: str) -> Choices:
    """Return (slug, name in the active language), sorted by that name."""
    english = get_language() == "en"
    pairs = [
        (str(slug), name_en or name if english else name)
        for slug, name, name_en in rows.values_list(key, "name", "name_en")
    ]
    return sorted(pairs, key=lambda pair: pair[1].lower())


def live_offer_pages(locale_id: int) -> Any:
    """Return the public offer pages in one language."""
    return open_to_all(OfferPage.objects.live().filter(locale_id=locale_id))


CHOICES_KEPT_SECONDS = 60


def filter_choices(pages: Any, locale_id: int) -> dict[str, Choices]:
    """Return the catalogue's choices that are data: those that some offer has.

    Kept a minute by each process: nothing in them depends on dates, coverage or the visitor.
    """
    key = f"catalogue-choices:{locale_id}:{get_language()}"
    kept: dict[str, Choices] | None = cache.get(key)
    if kept is not None:
        return kept
    offers = Offer.objects.filter(pk__in=pages.order_by().values("offer_id"))
    choices = {
        "subjects": _named(Subject.objects.filter(Exists(offers.filter(subjects=OuterRef("pk")))), "slug"),
        "topics": _named(Topic.objects.filter(Exists(offers.filter(topics=OuterRef("pk")))), "slug"),
        "districts": [(str(number), name) for number, name in District.objects.values_list("number", "name")],
        "providers": list(
            offers.order_by("provider__name").values_list("provider__slug", "provider__name").distinct()
        ),
    }
    cache.set(key, choices, CHOICES_KEPT_SECONDS)
    return choices


def catalogue_context(page: Any, params: Any, *, now: datetime) -> dict[str, Any]:
    """Return what the catalogue shows. The number of statements does not grow with offers or dates."""
    pages = live_offer_pages(page.locale_id)
    form = CatalogueForm(params, **filter_choices(pages, page.locale_id))
    form.is_valid()
    wanted = form.wanted
    results, hits = catalogue_page(pages, wanted, number=params.get("side"), now=now)
    return {
        "form": form,
        "results": results,
        "hits": [
            {
                "page": hit.page,
                "dates": hit.dates,
                "facts": card_facts(hit.page.offer),
                "badge": card_badge(has_signed=hit.page.has_signed),
            }
            for hit in hits
        ],
        "chips": form.chips(),
        "query": form.query(),
        "asks_for_dates": wanted.asks_for_dates,
        "more_is_open": form.is_in_use(form.more_names),
    }


def offer_context(page: Any, *, now: datetime) -> dict[str, Any]:
    """Return what an offer's page shows besides its own texts."""
    offer: Offer = _offer(offer_id=page.offer_id)[0]
    attach_to(offer, "subjects", _subjects(offer_id=offer.pk))
    attach_to(offer, "districts", _districts(offer_id=offer.pk))
    return {
        "offer": offer,
        "dates": dates_of([offer], free=free_dates(now=now, offer_ids=[offer.pk]), now=now)[offer.pk],
        "card_facts": card_facts(offer),
        "facts": offer_facts(page, offer),
        "visit": visit_steps(page, audience=offer.audience),
        "school_provides": school_provides_labels(offer.school_provides),
        "charter_badge": badge_of(offer.provider, now=now),
        "contact": contact_of(page),
        "catalogue_url": page.get_parent().url,
    }


@prepared
def _offer(*, offer_id: int) -> QuerySet[Any]:
    return Offer.objects.filter(pk=offer_id).select_related("provider", "programme")


@prepared
def _subjects(*, offer_id: int) -> QuerySet[Subject]:
    return Subject.objects.filter(offers=offer_id)


@prepared
def _districts(*, offer_id: int) -> QuerySet[District]:
    return District.objects.filter(offers=offer_id)


@dataclass(frozen=True)
class Fact:
    """One line of a page's facts."""

    label: str
    value: str


@dataclass(frozen=True)
class VisitStep:
    """What happens before, during or after the visit."""

    title: str
    text: str
    files: list[Any]


@dataclass(frozen=True)
class Contact:
    """Whom to ask about an offer."""

    name: str
    email: str
    phone: str
    phone_link: str


def contact_of(page: Any) -> Contact:
    """Return the page's own contact, else the portal's."""
    if page.contact_email or page.contact_phone:
        phone = page.contact_phone
        return Contact(page.contact_name, page.contact_email, phone, phone_link(phone))
    frame = current_frame(get_language() or settings.LANGUAGE_CODE)
    return Contact("", frame.email, frame.phone, frame.phone_link)


@prepared
def _files(*, page_id: int) -> QuerySet[OfferPageFile]:
    return OfferPageFile.objects.filter(page_id=page_id).select_related("document")


def visit_steps(page: Any, *, audience: str) -> list[VisitStep]:
    """Return before, during and after, those that hold something, in the words of who comes."""
    files: dict[str, list[Any]] = {phase: [] for phase in VisitPhase.values}
    # A preview shows files that are not stored yet: they hang on the page itself.
    is_preview = "files" in page.__dict__.get("_cluster_related_objects", {})
    found = page.files.select_related("document") if is_preview else _files(page_id=page.pk)
    for file in found:
        files[file.phase].append(file)
    texts = {
        VisitPhase.BEFORE: page.before_visit,
        VisitPhase.DURING: page.during_visit,
        VisitPhase.AFTER: page.after_visit,
    }
    return [
        VisitStep(title=phase_label(phase, audience=audience), text=text, files=files[phase])
        for phase, text in texts.items()
        if text or files[phase]
    ]


def offer_facts(page: Any, offer: Any) -> list[Fact]:
    """Return an offer's facts for its page, empty ones left out."""
    districts = ", ".join(str(district) for district in offer.districts.all())
    price = f"{page.price_text} {page.price_for}".strip() if page.price_text else ""
    pairs = [
        (_("For"), offer.get_audience_display()),
        (_("Grades"), grades_label(offer.grade_from, offer.grade_to)),
        (_("Subjects"), ", ".join(str(subject) for subject in offer.subjects.all())),
        (_("Duration"), duration_label(offer.duration_minutes, offer.lessons)),
        (_("Size"), group_label(offer)),
        (_("Place"), place_label(offer)),
        (_("Districts"), districts or _("All of Copenhagen")),
        (_("Language"), languages_label(offer.teaching_languages)),
        (_("Price"), price),
        (_("Childcare"), _("Can be had; say so when you sign up") if offer.has_childcare else ""),
        (_("Certificate"), _("You can get one when you have taken part") if offer.has_certificate else ""),
        (_("Part of"), str(offer.programme)),
    ]
    return [Fact(label=label, value=str(value)) for label, value in pairs if value]


def library_context(page: Any, params: Any) -> dict[str, Any]:
    """Return what the material library shows, the ready material first."""
    materials = open_to_all(TeachingMaterialPage.objects.live().filter(locale_id=page.locale_id))
    subjects = Subject.objects.filter(materials__in=materials.order_by().values("pk")).distinct()
    form = LibraryForm(params, subjects=_named(subjects, "slug"))
    form.is_valid()
    found = materials
    if text := form.chosen("text"):
        found = found.filter(pk__in=find_ids(materials, text))
    if (grade := form.chosen("grade")) is not None:
        found = found.filter(grade_from__lte=int(grade), grade_to__gte=int(grade))
    if subject := form.chosen("subject"):
        found = found.filter(subjects__slug=subject)
    if state := form.chosen("state"):
        found = found.filter(state=state)
    order = Case(
        *(When(state=state, then=Value(rank)) for rank, (state, _label) in enumerate(SHOWN_STATES)),
        output_field=IntegerField(),
    )
    results = Paginator(found.order_by(order, "title", "pk"), PAGE_SIZE).get_page(params.get("side"))
    return {
        "form": form,
        "results": results,
        "hits": [{"page": row, "facts": material_facts(row)} for row in results.object_list],
        "chips": form.chips(),
        "query": form.query(),
    }


def material_facts(material: Any) -> list[str]:
    """Return a material card's meta line: grades, duration, version."""
    facts = [
        grades_label(material.grade_from, material.grade_to),
        duration_label(material.minutes, material.lessons),
        f"v{material.version}" if material.version else "",
    ]
    return [fact for fact in facts if fact]


STATE_NOTICES = {
    MaterialState.IDEA: _lazy("An idea we are working on. There is nothing to use yet."),
    MaterialState.DRAFT: _lazy("A draft. It is not finished and has not been tried in a class."),
    MaterialState.PILOT: _lazy(
        "The material is being tried out in classes. It may change before it is published."
    ),
    MaterialState.EVALUATION: _lazy(
        "The trial is over and is being evaluated. The material may still change."
    ),
    MaterialState.RETIRED: _lazy("No longer in use. It stays here so that you can see what it was."),
}
"""What a teacher must know before using a material that is not published."""


def _tried_out(page: Any) -> str:
    """Say in how many classes a material was tried before it was decided to be spread (P7)."""
    approval = approval_of(page.translation_key) if page.state == MaterialState.PUBLISHED else None
    if approval is None:
        return ""
    values = {"count": approval.classes, "version": approval.version}
    return (
        ngettext(
            "In %(count)s class, version %(version)s",
            "In %(count)s classes, version %(version)s",
            approval.classes,
        )
        % values
    )


def material_context(page: Any) -> dict[str, Any]:
    """Return what a material's page shows besides its own texts."""
    files = list(page.files.select_related("document"))
    notice = STATE_NOTICES.get(page.state)
    decided = ""
    if page.state == MaterialState.PUBLISHED:
        decided = f"{date_format(page.decided_on, 'j. F Y')}, {page.decided_by}" if page.decided_on else ""
    pairs = [
        (_("Grades"), grades_label(page.grade_from, page.grade_to)),
        (_("Subjects"), ", ".join(str(subject) for subject in page.subjects.all())),
        (_("Duration"), duration_label(page.minutes, page.lessons)),
        (_("Version"), page.version),
        (_("Tried out"), _tried_out(page)),
        (_("Decided to be spread"), decided),
        (_("Licence"), page.get_licence_display()),
    ]
    return {
        "card_facts": material_facts(page),
        "facts": [Fact(label=label, value=str(value)) for label, value in pairs if value],
        "state_notice": f"{notice} {page.state_note}".strip() if notice else page.state_note,
        "state_notice_kind": "warning" if page.state == MaterialState.RETIRED else "info",
        "teacher_files": [file for file in files if file.kind == MaterialFileKind.TEACHER],
        "pupil_files": [file for file in files if file.kind == MaterialFileKind.PUPIL],
    }
