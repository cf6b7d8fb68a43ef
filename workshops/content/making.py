"""Creates the offers, their pages and the teaching material a new portal begins with; what is there stays."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.documents.models import Document

from charter.models import Programme, Provider
from workshops.content.documents import material_sheet
from workshops.content.materials import MATERIALS, MATERIALS_DA, MATERIALS_EN
from workshops.content.offers_da import OFFERS_DA
from workshops.content.offers_en import OFFERS_EN
from workshops.content.rules import OFFERS, SUBJECTS, TOPICS
from workshops.content.texts import LessonText, OfferText, bullet_list
from workshops.enums import MaterialFileKind
from workshops.models import MaterialFile, Offer, OfferPage, Subject, TeachingMaterialPage, Topic

OFFER_TEXTS = {"da": OFFERS_DA, "en": OFFERS_EN}
MATERIAL_TEXTS = {"da": MATERIALS_DA, "en": MATERIALS_EN}
GUIDE = {"da": "Lærervejledning", "en": "Teacher's guide (in Danish)"}
PRICE = {"da": "Gratis", "en": "Free"}


def ensure_subjects_and_topics() -> None:
    """Create the subjects and topics that are missing."""
    for model, rows in ((Subject, SUBJECTS), (Topic, TOPICS)):
        for slug, (name, name_en) in rows.items():
            model.objects.get_or_create(slug=slug, defaults={"name": name, "name_en": name_en})


@transaction.atomic
def ensure_offers(providers: Mapping[str, Provider], programme: Programme) -> dict[str, Offer]:
    """Create the offers that are missing, and return all of them by key.

    Args:
        providers: by the keys used in `rules.OFFERS`: klikklar, modspil, dialogbroen, team.
    """
    ensure_subjects_and_topics()
    offers = {}
    for key, rules in OFFERS.items():
        offer, is_new = Offer.objects.get_or_create(
            title=rules.title,
            provider=providers[rules.provider],
            defaults={"programme": programme, "title_en": rules.title_en, **rules.fields},
        )
        if is_new:
            offer.subjects.set(Subject.objects.filter(slug__in=rules.subjects))
            offer.topics.set(Topic.objects.filter(slug__in=rules.topics))
        offers[key] = offer
    return offers


@transaction.atomic
def ensure_offer_pages(index_page: Any, offers_by_key: Mapping[str, Offer]) -> dict[str, OfferPage]:
    """Create the offers' pages below a catalogue, in its language, that are missing; return all by key.

    Call it for the Danish catalogue first: the English pages become its pages' translations.
    """
    language = index_page.locale.language_code
    pages = {}
    for key, text in OFFER_TEXTS[language].items():
        offer = offers_by_key[key]
        page = OfferPage.objects.filter(offer=offer, locale=index_page.locale).first()
        if page is None:
            page = OfferPage(
                offer=offer, illustration=OFFERS[key].illustration, **_offer_fields(text, language)
            )
            other = OfferPage.objects.filter(offer=offer).first()
            if other is not None:
                page.translation_key = other.translation_key
            page.locale = index_page.locale
            index_page.add_child(instance=page)
            page.save_revision().publish()
        pages[key] = page
    return pages


@transaction.atomic
def ensure_material_pages(index_page: Any) -> dict[str, TeachingMaterialPage]:
    """Create the material's pages below a library, in its language, that are missing; return all by key."""
    ensure_subjects_and_topics()
    language = index_page.locale.language_code
    pages = {}
    for key, text in MATERIAL_TEXTS[language].items():
        facts = MATERIALS[key]
        page = TeachingMaterialPage.objects.filter(locale=index_page.locale, slug=text.slug).first()
        if page is None:
            page = TeachingMaterialPage(
                title=text.title,
                slug=text.slug,
                teaser=text.teaser,
                intro=text.intro,
                learning_goals=bullet_list(text.learning_goals),
                learning_signs=bullet_list(text.learning_signs),
                lesson_plan=json.dumps([_lesson(lesson) for lesson in text.lessons]),
                state_note=text.state_note,
                version=facts.version,
                state=facts.state,
                illustration=facts.illustration,
                grade_from=facts.grade_from,
                grade_to=facts.grade_to,
                minutes=facts.minutes,
                lessons=facts.lessons,
                licence=facts.licence,
                decided_by=facts.decided_by,
                decided_on=facts.decided_on,
                decision_reference=facts.decision_reference,
            )
            danish = TeachingMaterialPage.objects.filter(slug=MATERIALS_DA[key].slug).first()
            if danish is not None:
                page.translation_key = danish.translation_key
            page.locale = index_page.locale
            page.subjects.set(Subject.objects.filter(slug__in=facts.subjects))
            page.topics.set(Topic.objects.filter(slug__in=facts.topics))
            page.files.add(_guide(page, key, language))
            index_page.add_child(instance=page)
            page.save_revision().publish()
        pages[key] = page
    return pages


def _guide(page: TeachingMaterialPage, key: str, language: str) -> MaterialFile:
    """Return the row for the teacher's guide, which is in Danish whatever the page's language."""
    text = MATERIALS_DA[key]
    title = f"{GUIDE['da']}: {text.title}"
    document = Document.objects.filter(title=title).first()
    if document is None:
        sheet = material_sheet(page, text)
        document = Document(title=title, file_size=len(sheet))
        document.file.save(f"{text.slug}.pdf", ContentFile(sheet), save=False)
        document.save()
    return MaterialFile(kind=MaterialFileKind.TEACHER, title=GUIDE[language], document=document)


def _offer_fields(text: OfferText, language: str) -> dict[str, Any]:
    name, role, profile = text.practitioner
    return {
        "title": text.title,
        "slug": text.slug,
        "teaser": text.teaser,
        "intro": text.intro,
        "body": json.dumps(_questions(text)),
        "learning_goals": bullet_list(text.learning_goals),
        "competence_goals": text.competence_goals,
        "before_visit": text.before_visit,
        "during_visit": text.during_visit,
        "after_visit": text.after_visit,
        "school_provides_extra": text.school_provides_extra,
        "practitioner_name": name,
        "practitioner_role": role,
        "practitioner_text": profile,
        "content_accessibility": text.content_accessibility,
        "sensitive_note": text.sensitive_note,
        "price_text": PRICE[language],
        "price_for": text.price_for,
    }


def _questions(text: OfferText) -> list[dict[str, Any]]:
    """Return questions and answers as blocks; only the Danish pages have any."""
    items = [{"question": question, "answer": answer} for question, answer in text.questions]
    if not items:
        return []
    heading = {"type": "heading", "value": {"text": "Spørgsmål og svar", "level": "h2"}}
    return [heading, {"type": "accordion", "value": {"questions": items}}]


def _lesson(lesson: LessonText) -> dict[str, Any]:
    return {
        "type": "lesson",
        "value": {
            "title": lesson.title,
            "minutes": lesson.minutes,
            "goals": lesson.goals,
            "activities": lesson.activities,
            "signs": lesson.signs,
        },
    }
