"""What editors may do with offers, and what is refused (DESIGN.md 5, Offer and page)."""

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from core.audit.log import SYSTEM
from core.audit.models import Entry
from tests.factories.charter import ProgrammeFactory, ProviderFactory
from tests.factories.workshop_pages import offer_index, offer_page
from tests.factories.workshops import DistrictFactory, OfferFactory, SessionFactory
from workshops.enums import Audience, MaterialState, PlaceKind
from workshops.errors import OfferHasSessionsError, OfferRulesError
from workshops.models import Offer, OfferPage, Subject, TeachingMaterialPage, Topic
from workshops.offer_rules import problems_of
from workshops.operations import change_offer_rules, create_offer

pytestmark = pytest.mark.django_db

SCHOOL = {"audience": "school", "grade_from": 4, "grade_to": 6, "max_groups": 1}
EVENING = {"audience": "parents", "max_people": 60}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        (SCHOOL, []),
        (EVENING, []),
        ({**SCHOOL, "grade_from": None}, ["grade_from"]),
        ({**SCHOOL, "grade_to": None}, ["grade_to"]),
        ({**SCHOOL, "grade_from": 0, "grade_to": 0}, []),
        ({**SCHOOL, "grade_to": 3}, ["grade_to"]),
        ({**SCHOOL, "max_groups": None}, ["max_groups"]),
        ({**SCHOOL, "max_groups": None, "max_people": 56}, []),
        ({**SCHOOL, "min_group_size": 20, "max_group_size": 10}, ["max_group_size"]),
        ({**SCHOOL, "max_people": 20, "max_group_size": 28}, ["max_group_size"]),
        ({**EVENING, "max_people": None}, ["max_people"]),
        ({**EVENING, "max_groups": 1}, ["max_groups"]),
        ({**EVENING, "school_types": ["folkeskole"]}, ["school_types"]),
        ({**EVENING, "school_provides": ["room"]}, ["school_provides"]),
        ({**EVENING, "lessons": 2}, ["lessons"]),
    ],
    ids=str,
)
def test_rules_depend_on_the_audience(values, fields):
    assert list(problems_of(values)) == fields


def values_of(offer: Offer, **changes) -> dict:
    values = {
        field.name: getattr(offer, field.name)
        for field in Offer._meta.concrete_fields
        if field.name not in ("id", "created_at")
    }
    many = {name: list(getattr(offer, name).all()) for name in ("subjects", "topics", "districts")}
    return {**values, **many, **changes}


def change(offer: Offer, **changes) -> Offer:
    return change_offer_rules(
        offer_id=offer.pk, values=values_of(offer, **changes), actor=SYSTEM, now=timezone.now()
    )


def test_create_offer_makes_the_offer_and_an_audit_entry():
    offer = create_offer(
        values={
            **SCHOOL,
            "title": "Feedet",
            "provider": ProviderFactory(),
            "programme": ProgrammeFactory(),
            "place_kind": PlaceKind.AT_SCHOOL,
            "duration_minutes": 90,
            "districts": [DistrictFactory()],
        },
        actor=SYSTEM,
        now=timezone.now(),
    )

    assert offer.districts.count() == 1
    assert Entry.objects.get(action="offer_created").subject == f"offer:{offer.pk}"


def test_create_offer_refuses_rules_that_contradict_the_audience():
    with pytest.raises(OfferRulesError) as refused:
        create_offer(values={**EVENING, "max_groups": 1}, actor=SYSTEM, now=timezone.now())

    assert list(refused.value.problems) == ["max_groups"]
    assert Offer.objects.count() == 0


def test_change_offer_rules_tells_the_audit_log_what_changed():
    offer = OfferFactory(max_groups=1)
    subject = Subject.objects.create(slug="dansk", name="Dansk")

    change(offer, max_groups=2, subjects=[subject])

    offer.refresh_from_db()
    assert offer.max_groups == 2
    entry = Entry.objects.get(action="offer_rules_changed")
    assert entry.data == {"changes": {"max_groups": [1, 2], "subjects": [[], [subject.pk]]}}
    assert entry.provider_id == offer.provider_id


def test_change_offer_rules_with_the_same_values_leaves_no_entry():
    change(OfferFactory())

    assert not Entry.objects.filter(action="offer_rules_changed").exists()


@pytest.mark.parametrize("field", ["provider", "audience"])
def test_change_offer_rules_refuses_what_the_sessions_carry_as_snapshot(field):
    offer = OfferFactory()
    other = {"provider": ProviderFactory(), "audience": Audience.PARENTS}[field]
    changes = {field: other, "max_people": 30, "max_groups": None}
    assert getattr(change(OfferFactory(), **changes), field) == other
    SessionFactory(offer=offer, past=True)

    with pytest.raises(OfferHasSessionsError) as refused:
        change(offer, **changes)

    assert refused.value.fields == [field]


def posted(offer: Offer, **changes) -> dict:
    names = [
        "title",
        "title_en",
        "audience",
        "place_kind",
        "grade_from",
        "grade_to",
        "duration_minutes",
        "lessons",
        "max_groups",
        "max_people",
        "min_group_size",
        "max_group_size",
        "approval",
        "approval_days",
        "approval_if_silent",
        "booking_closes_days",
        "withdrawal_closes_days",
        "new_schools_first_days",
    ]
    data = {name: getattr(offer, name) for name in names}
    data |= {"provider": offer.provider_id, "programme": offer.programme_id, "is_open": "on"}
    return {name: "" if value is None else value for name, value in {**data, **changes}.items()}


@pytest.mark.parametrize("role", ["Administration", "Redaktør", "Sagsbehandler"])
def test_staff_change_an_offers_rules_in_the_administration(staff_client, role):
    offer = OfferFactory(municipalities=["København"])
    client = staff_client(role)
    assert client.get(reverse("offers:edit", args=[offer.pk])).status_code == 200

    response = client.post(
        reverse("offers:edit", args=[offer.pk]),
        posted(
            offer, max_group_size=28, municipalities="København, Frederiksberg", teaching_languages=["da"]
        ),
    )

    assert response.status_code == 302
    offer.refresh_from_db()
    assert (offer.max_group_size, offer.municipalities, offer.teaching_languages) == (
        28,
        ["København", "Frederiksberg"],
        ["da"],
    )
    assert Entry.objects.get(action="offer_rules_changed").actor_kind == "user"


def test_staff_make_an_offer_in_the_administration(staff_client):
    pattern = OfferFactory()

    response = staff_client("Redaktør").post(reverse("offers:add"), posted(pattern, title="Nyt tilbud"))

    assert response.status_code == 302
    assert Offer.objects.filter(title="Nyt tilbud").exists()


def test_staff_copy_an_offer_with_its_rules(staff_client):
    offer = OfferFactory(
        title="Hvem styrer dit feed?", max_group_size=28, booking_closes_days=9, has_waiting_list=False
    )
    offer.subjects.set(
        [Subject.objects.create(name=name, slug=name.lower()) for name in ("Dansk", "Historie")]
    )
    offer.topics.set([Topic.objects.create(name="Digital dannelse", slug="digital-dannelse")])
    offer.districts.set([DistrictFactory()])
    SessionFactory(offer=offer)
    other = ProviderFactory()
    client = staff_client("Redaktør")
    url = reverse("offers:copy", args=[offer.pk])
    form = client.get(url).context["form"]
    # As a browser posts the form that was shown: but for the provider, nothing is changed.
    shown = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in shown.items() if value is not None and value is not False}

    response = client.post(url, data | {"provider": other.pk})

    assert response.status_code == 302, response.context["form"].errors
    copy = Offer.objects.exclude(pk=offer.pk).get()
    assert (copy.title, copy.is_open, copy.provider) == ("Hvem styrer dit feed? (kopi)", False, other)
    kept = (
        "max_group_size",
        "booking_closes_days",
        "has_waiting_list",
        "audience",
        "grade_from",
        "municipalities",
    )
    assert [getattr(copy, name) for name in kept] == [getattr(offer, name) for name in kept]
    for name in ("subjects", "topics", "districts"):
        assert set(getattr(copy, name).all()) == set(getattr(offer, name).all())
    assert offer.subjects.count() == 2
    assert Entry.objects.get(action="offer_created", subject=f"offer:{copy.pk}").actor_kind == "user"
    offer.refresh_from_db()
    assert (offer.title, offer.sessions.count(), copy.sessions.count()) == ("Hvem styrer dit feed?", 1, 0)


def test_an_auditor_copies_no_offer(staff_client):
    offer = OfferFactory()
    client = staff_client("Revisor")

    client.post(reverse("offers:copy", args=[offer.pk]), posted(offer, title="Ny"))

    assert Offer.objects.count() == 1


def test_an_offers_form_says_at_each_field_what_to_do(staff_client):
    offer = OfferFactory()
    SessionFactory(offer=offer)

    response = staff_client("Redaktør").post(
        reverse("offers:edit", args=[offer.pk]),
        posted(offer, title="", grade_from="", provider=ProviderFactory().pk),
    )

    content = response.content.decode()
    assert response.status_code == 200
    for text in (
        "Skriv en titel.",
        "Skriv det første klassetrin: skoler søger efter klassetrin.",
        "Tilbuddet har tider, og de beholder deres udbyder og målgruppe.",
    ):
        assert text in content


def test_an_auditor_reads_an_offers_rules_and_changes_none(staff_client):
    offer = OfferFactory()
    client = staff_client("Revisor")

    assert client.get(reverse("offers:inspect", args=[offer.pk])).status_code == 200
    client.post(reverse("offers:edit", args=[offer.pk]), posted(offer, title="Ændret"))

    offer.refresh_from_db()
    assert offer.title != "Ændret"


def test_an_offer_in_use_is_not_deleted(portal_site, staff_client):
    page = offer_page_with_dates()

    response = staff_client("Administration").post(
        reverse("offers:delete", args=[page.offer_id]), follow=True
    )

    assert Offer.objects.filter(pk=page.offer_id).exists()
    assert response.status_code in (200, 403)


def offer_page_with_dates() -> OfferPage:
    page = offer_page()
    SessionFactory(offer=page.offer)
    return page


def test_a_page_whose_offer_has_sessions_is_not_deleted(portal_site, staff_client):
    page = offer_page_with_dates()

    response = staff_client("Redaktør").post(
        reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True
    )

    assert OfferPage.objects.filter(pk=page.pk).exists()
    assert "Det kan ikke slettes" in response.content.decode()


def test_a_page_above_it_is_not_deleted_either(portal_site, staff_client):
    page = offer_page_with_dates()

    staff_client("Administration").post(
        reverse("wagtailadmin_pages:delete", args=[page.get_parent().pk]), follow=True
    )

    assert OfferPage.objects.filter(pk=page.pk).exists()


def test_its_translation_is_not_deleted_with_another_page(portal_site, staff_client):
    page = offer_page_with_dates()
    english = offer_index("en")
    Page.objects.filter(pk=english.pk).update(translation_key=page.get_parent().translation_key)

    staff_client("Administration").post(reverse("wagtailadmin_pages:delete", args=[english.pk]), follow=True)

    assert Page.objects.filter(pk=english.pk).exists()


def test_many_pages_at_once_are_not_deleted_when_one_has_sessions(portal_site, staff_client):
    page = offer_page_with_dates()
    other = offer_page()
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])

    response = staff_client("Administration").post(f"{url}?id={page.pk}&id={other.pk}", follow=True)

    assert OfferPage.objects.filter(pk__in=[page.pk, other.pk]).count() == 2
    assert "Det kan ikke slettes" in response.content.decode()


def test_a_page_without_sessions_is_deleted(portal_site, staff_client):
    page = offer_page()

    staff_client("Redaktør").post(reverse("wagtailadmin_pages:delete", args=[page.pk]))

    assert not OfferPage.objects.filter(pk=page.pk).exists()


def test_publishing_material_asks_for_the_decision():
    page = TeachingMaterialPage(title="Tal om det", slug="tal-om-det", state=MaterialState.PUBLISHED)

    with pytest.raises(Exception) as refused:  # noqa: PT011 - the fields are asserted below
        page.clean()

    assert sorted(refused.value.error_dict) == ["decided_by", "decided_on", "decision_reference"]


def test_editors_open_the_forms_of_pages(portal_site, staff_client):
    client = staff_client("Redaktør")
    page = offer_page()

    assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    for model in ("offerpage",):
        url = reverse("wagtailadmin_pages:add", args=["workshops", model, page.get_parent().pk])
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(("publish", "pages"), [("on", 1), ("", 2)], ids=["published", "draft"])
def test_a_copy_is_a_draft_never_a_second_live_page(portal_site, staff_client, publish, pages):
    page = offer_page()
    data = {"new_title": "Kopi", "new_slug": "kopi", "new_parent_page": page.get_parent().pk}

    staff_client("Redaktør").post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]), {**data, "publish_copies": publish}
    )

    assert OfferPage.objects.filter(offer=page.offer).count() == pages
    assert OfferPage.objects.live().filter(offer=page.offer).count() == 1


def test_a_page_can_be_previewed_before_and_after_its_offer_is_chosen(portal_site):
    page = offer_page()
    assert page.make_preview_request().status_code == 200

    page.offer_id = None

    assert "Vælg et tilbud for at se siden." in page.make_preview_request().content.decode()
