"""Named states and kinds of bookings."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workshops.enums import (
    SessionCancelReason as SessionCancelReason,  # said of sessions, asked with bookings
)


class BookingKind(models.TextChoices):
    """Who books."""

    SCHOOL = "school", _("School")
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class BookingState(models.TextChoices):
    """Where a booking, or one of its sessions, is (DESIGN.md 5)."""

    HELD = "held", pgettext_lazy("booking", "Held")
    AWAITING_APPROVAL = "awaiting_approval", pgettext_lazy("booking", "Awaiting approval")
    WAITING = "waiting", pgettext_lazy("booking", "On the waiting list")
    OFFERED = "offered", pgettext_lazy("booking", "Offered a place")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "Confirmed")
    ATTENDED = "attended", pgettext_lazy("booking", "Attended")
    NO_SHOW = "no_show", pgettext_lazy("booking", "Did not come")
    WITHDRAWN = "withdrawn", pgettext_lazy("booking", "Withdrawn")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled")
    DECLINED = "declined", pgettext_lazy("booking", "Declined")
    EXPIRED = "expired", pgettext_lazy("booking", "Expired")


TAKING_STATES = (
    BookingState.HELD,
    BookingState.AWAITING_APPROVAL,
    BookingState.OFFERED,
    BookingState.CONFIRMED,
    BookingState.ATTENDED,
    BookingState.NO_SHOW,
)
"""States that hold places in the session's counters."""

ACTIVE_STATES = (*TAKING_STATES, BookingState.WAITING)
"""States in which a class counts as signed up."""

LIVE_STATES = (
    BookingState.HELD,
    BookingState.AWAITING_APPROVAL,
    BookingState.WAITING,
    BookingState.OFFERED,
    BookingState.CONFIRMED,
)
"""States in which a booking still lies ahead: it can be withdrawn, cancelled, and told of."""


class Channel(models.TextChoices):
    """How the booking came (S24)."""

    WEB = "web", _("On the website")
    PHONE = "phone", _("By phone")
    REQUEST = "request", _("From a request")


class Need(models.TextChoices):
    """Needs as fixed choices, never free text (rule 10, F3); the provider sees sums."""

    INTERPRETER = "interpreter", _("Interpreter")
    STEP_FREE = "step_free", _("Step-free access")
    HEARING_LOOP = "hearing_loop", _("Hearing loop")
    CHILDCARE = "childcare", _("Childcare")


class WithdrawalReason(models.TextChoices):
    """Why a participant withdraws: fixed choices, so that no free text about individuals is asked for."""

    DATE = "date", _("The date does not suit us any more")
    ILLNESS = "illness", _("Illness")
    TEACHER = "teacher", _("The teacher cannot take part")
    OTHER_OFFER = "other_offer", _("We have chosen something else")
    OTHER = "other", _("Another reason")


class WithdrawPart(models.TextChoices):
    """What of a package is withdrawn: a visit together with a parents' evening (DESIGN.md 5)."""

    ALL = "all", _("Both the visit and the parents' evening")
    VISIT = "visit", _("Only the visit; we keep the parents' evening")
    EVENING = "evening", _("Only the parents' evening; we keep the visit")


class DeclineReason(models.TextChoices):
    """Why a booking was declined."""

    NOT_A_SCHOOL = "not_a_school", _("We could not see that the address belongs to the school")
    TARGET = "target", _("The offer is for other classes")
    DISTRICT = "district", _("The offer is for other districts")
    CAPACITY = "capacity", _("The provider cannot on that date")
    NO_ANSWER = "no_answer", _("We could not give an answer in time")


class PickReason(models.TextChoices):
    """Why staff offer a place to someone out of turn (rule 8)."""

    NEVER_SERVED = "never_served", _("They have not had a visit before")
    URGENT = "urgent", _("They need it now")
    PROMISED = "promised", _("They were promised a place")
    LEFT_OVER = "left_over", _("They are the only ones the place suits")


class CancelReason(models.TextChoices):
    """Why the organiser cancelled a booking."""

    PROVIDER = "provider", _("The provider cannot hold it")
    CHARTER = "charter", _("The provider's agreement has ended")
    DUPLICATE = "duplicate", _("Booked twice")
    OTHER = "other", _("Another reason")


class ForBooked(models.TextChoices):
    """What becomes of those who have booked a session that is moved or cancelled (rule 3)."""

    TELL = "tell", _("They are told at once")
    TASKS = "tasks", _("The administration decides on each booking")


class FeedKind(models.TextChoices):
    """Whose calendar feed it is (K2)."""

    TEACHER = "teacher", _("My bookings")
    PROVIDER = "provider", _("A provider's sessions")
    TEAM = "team", _("The whole programme")


class RequestKind(models.TextChoices):
    """What is asked for."""

    VISIT = "visit", _("A visit to a class")
    TALK = "talk", _("A talk")
    URGENT = "urgent", _("Help after an incident")


class RequestState(models.TextChoices):
    """Where a request is: requested, answered with times, agreed (V2)."""

    UNPROVEN = "unproven", pgettext_lazy("request", "Address not confirmed")
    SENT = "sent", pgettext_lazy("request", "Awaits an answer")
    ANSWERED = "answered", pgettext_lazy("request", "Times proposed")
    AGREED = "agreed", pgettext_lazy("request", "Agreed")
    DECLINED = "declined", pgettext_lazy("request", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("request", "Expired")


OPEN_REQUEST_STATES = (RequestState.SENT, RequestState.ANSWERED)
"""States in which somebody still has to do something: the one who answers, or the one who asked."""


class RequestDeclineReason(models.TextChoices):
    """Why a request got no times: fixed choices that the mail says in the asker's language."""

    CAPACITY = "request_capacity", _("There is no free time near the dates you asked for")
    TARGET = "request_target", _("The offer is for other classes or groups")
    DISTRICT = "request_district", _("The provider does not come to your part of the city")
    NOT_A_SCHOOL = "request_not_a_school", _("We could not see that the address belongs to the school")


class UrgentEndReason(models.TextChoices):
    """How an urgent request ended without a session."""

    HELPED = "urgent_helped", _("We have helped in another way")
    PASSED_ON = "urgent_passed_on", _("We have passed it on to those who can help")


class PartOfDay(models.TextChoices):
    """When on a wished date."""

    ANY = "any", _("All day")
    MORNING = "morning", _("Morning (8-10)")
    MIDDAY = "midday", _("Midday (10-12)")
    AFTERNOON = "afternoon", _("Afternoon (12-16)")
    EVENING = "evening", _("Evening (from 17)")


class UrgentTopic(models.TextChoices):
    """What an urgent request asks for; never what happened, never about whom (rule 10)."""

    DIALOGUE = "dialogue", _("A dialogue with a class or several")
    WORKSHOP = "workshop", _("A workshop as soon as possible")
    STAFF = "staff", _("Advice for the staff")


class Occupation(models.TextChoices):
    """Occupation groups of professionals, for head counts (V4)."""

    TEACHER = "teacher", _("Teachers")
    PEDAGOGUE = "pedagogue", _("Pedagogues")
    SSP = "ssp", _("SSP and street workers")
    SOCIAL_WORKER = "social_worker", _("Social workers")
    HEALTH = "health", _("Health care")
    POLICE = "police", _("Police and prison service")
    VOLUNTEER = "volunteer", _("Volunteers")
    LEADER = "leader", _("Leaders")
    OTHER = "other", _("Others")


class NotHeldReason(models.TextChoices):
    """Why a session was not held: fixed choices, since goals and the yearly report count them."""

    NOBODY_CAME = "nobody_came", pgettext_lazy("session", "Nobody came")
    ILLNESS = "illness", pgettext_lazy("session", "Illness")
    PROVIDER = "provider", pgettext_lazy("session", "We could not hold it")
    SCHOOL = "school", pgettext_lazy("session", "The school called it off")
    PLACE = "place", pgettext_lazy("session", "The place could not be used")
    WEATHER = "weather", pgettext_lazy("session", "Weather or traffic")
    OTHER = "other", pgettext_lazy("session", "Another reason")


class ReportSource(models.TextChoices):
    """By which way a session was reported."""

    LINK = "link", _("By the link in the e-mail")
    PROVIDER = "provider", _("On the provider’s pages")
    STAFF = "staff", _("By the administration")


class FormKind(models.TextChoices):
    """Who is asked, and about what (R6, P7)."""

    TEACHER = "teacher", _("Teacher, after the visit")
    PUPILS = "pupils", _("Pupils, after the visit")
    PARTICIPANTS = "participants", _("Participants of evenings and talks")
    PILOT_BEFORE = "pilot_before", _("Pupils, before a material is tried")
    PILOT_AFTER = "pilot_after", _("Pupils, after a material was tried")


PILOT_FORMS = (FormKind.PILOT_BEFORE, FormKind.PILOT_AFTER)
SESSION_FORMS = (FormKind.TEACHER, FormKind.PUPILS, FormKind.PARTICIPANTS)
PUPIL_FORMS = (FormKind.PUPILS, *PILOT_FORMS)
"""Forms that speak to pupils: anonymous, and with the pupils' wording of learning goals."""


class FormState(models.TextChoices):
    """Where a version of a form is: only a draft can be changed, only the one in use takes answers."""

    DRAFT = "draft", _("Draft")
    IN_USE = "in_use", pgettext_lazy("form", "In use")
    REPLACED = "replaced", pgettext_lazy("form", "Replaced")


class QuestionKind(models.TextChoices):
    """What is answered to a question."""

    SCALE = "scale", _("One of five steps")
    GOAL = "goal", _("A learning goal of the offer, in five steps")
    TEXT = "text", _("In their own words")


class QuoteState(models.TextChoices):
    """Whether a free text has been read, and may be quoted."""

    WAITING = "waiting", _("Not read yet")
    APPROVED = "approved", pgettext_lazy("text", "May be quoted")
    EDITED = "edited", pgettext_lazy("text", "May be quoted, edited")
    REJECTED = "rejected", pgettext_lazy("text", "Rejected, deleted")


QUOTABLE = (QuoteState.APPROVED, QuoteState.EDITED)


class PilotState(models.TextChoices):
    """Where the trial of a material is (P7)."""

    RUNNING = "running", pgettext_lazy("pilot", "Being tried out")
    REPORTED = "reported", pgettext_lazy("pilot", "Report written, awaits a decision")
    DECIDED = "decided", pgettext_lazy("pilot", "Decided")


class PilotDecision(models.TextChoices):
    """What is decided on the report of a pilot."""

    SPREAD = "spread", pgettext_lazy("pilot", "Approved: may be spread")
    REVISE = "revise", pgettext_lazy("pilot", "To be revised and tried again")
    DROP = "drop", pgettext_lazy("pilot", "Dropped")
