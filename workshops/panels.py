"""How editors see the pages of offers and material: fields in tabs."""

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.models import Page

FILES = [FieldPanel("title"), FieldPanel("document")]


def _tabs(*tabs: Any) -> TabbedInterface:
    return TabbedInterface(
        [
            *tabs,
            ObjectList(Page.promote_panels, heading=_("In lists and search")),
            ObjectList(Page.settings_panels, heading=_("Publishing")),
        ]
    )


OFFER_INDEX = _tabs(ObjectList([TitleFieldPanel("title"), FieldPanel("intro")], heading=_("Content")))

OFFER_PAGE = _tabs(
    ObjectList(
        [
            TitleFieldPanel("title"),
            FieldPanel("offer"),
            FieldPanel("teaser"),
            FieldPanel("illustration"),
            FieldPanel("intro"),
            FieldPanel("learning_goals"),
            FieldPanel("competence_goals"),
            FieldPanel("body"),
        ],
        heading=_("Content"),
    ),
    ObjectList(
        [
            FieldPanel("before_visit"),
            FieldPanel("during_visit"),
            FieldPanel("after_visit"),
            FieldPanel("school_provides_extra"),
            InlinePanel("files", [FieldPanel("phase"), *FILES], heading=_("Files"), label=_("File")),
        ],
        heading=_("The visit"),
    ),
    ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("practitioner_name"), FieldPanel("practitioner_role")]),
                    FieldPanel("practitioner_text"),
                    FieldPanel("practitioner_image"),
                ],
                heading=_("Who you meet"),
            ),
            FieldPanel("content_accessibility"),
            FieldPanel("sensitive_note"),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("price_text"), FieldPanel("price_for")])], heading=_("Price")
            ),
            MultiFieldPanel(
                [
                    FieldPanel("contact_name"),
                    FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_phone")]),
                ],
                heading=_("Contact"),
            ),
        ],
        heading=_("People, price and consideration"),
    ),
)

MATERIAL_PAGE = _tabs(
    ObjectList(
        [
            TitleFieldPanel("title"),
            FieldPanel("teaser"),
            FieldPanel("illustration"),
            FieldPanel("intro"),
            FieldPanel("learning_goals"),
            FieldPanel("learning_signs"),
            FieldPanel("lesson_plan"),
            InlinePanel("files", [FieldPanel("kind"), *FILES], heading=_("Files"), label=_("File")),
        ],
        heading=_("Content"),
    ),
    ObjectList(
        [
            FieldRowPanel([FieldPanel("grade_from"), FieldPanel("grade_to")]),
            FieldRowPanel([FieldPanel("minutes"), FieldPanel("lessons")]),
            FieldPanel("subjects", widget=CheckboxSelectMultiple),
            FieldPanel("topics", widget=CheckboxSelectMultiple),
            FieldPanel("licence"),
        ],
        heading=_("For whom"),
    ),
    ObjectList(
        [
            FieldPanel("version"),
            FieldPanel("state"),
            FieldPanel("state_note"),
            MultiFieldPanel(
                [
                    FieldPanel("decided_by"),
                    FieldRowPanel([FieldPanel("decided_on"), FieldPanel("decision_reference")]),
                ],
                heading=_("The decision to spread the material"),
                help_text=_(
                    "Asked for when the state is “published”: material is evaluated before it is spread."
                ),
            ),
        ],
        heading=_("Version and state"),
    ),
)
