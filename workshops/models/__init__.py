"""The models of workshops, by aggregate."""

from workshops.models.drafts import OfferDraft
from workshops.models.offers import Offer, Subject, Topic
from workshops.models.pages import (
    MaterialFile,
    MaterialIndexPage,
    OfferIndexPage,
    OfferPage,
    OfferPageFile,
    TeachingMaterialPage,
)
from workshops.models.schools import (
    District,
    Holiday,
    PublicHoliday,
    School,
    SchoolDomain,
    SchoolYear,
)
from workshops.models.sessions import Course, Schedule, Session, Venue

__all__ = [
    "Course",
    "District",
    "Holiday",
    "MaterialFile",
    "MaterialIndexPage",
    "Offer",
    "OfferDraft",
    "OfferIndexPage",
    "OfferPage",
    "OfferPageFile",
    "PublicHoliday",
    "Schedule",
    "School",
    "SchoolDomain",
    "SchoolYear",
    "Session",
    "Subject",
    "TeachingMaterialPage",
    "Topic",
    "Venue",
]
