"""Named kinds and states of offers, sessions and schools."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Audience(models.TextChoices):
    """Whom an offer is for."""

    SCHOOL = "school", _("Schools")
    PARENTS = "parents", _("Parents")
    ADULTS = "adults", _("Adults and associations")
    PROFESSIONALS = "professionals", _("Professionals")


class PlaceKind(models.TextChoices):
    """Where a session is held."""

    AT_SCHOOL = "at_school", _("At the school")
    VENUE = "venue", _("At a venue")
    ONLINE = "online", _("Online")


class Approval(models.TextChoices):
    """Who says yes to a booking (S15)."""

    NONE = "none", _("At once")
    PROVIDER = "provider", _("After approval by the provider")
    ADMINISTRATION = "administration", _("After approval by the administration")


class IfSilent(models.TextChoices):
    """What happens when nobody answers a booking in time (S15)."""

    ESCALATE = "escalate", _("The administration is asked, and the booker is told that it takes longer")
    CONFIRM = "confirm", _("The booking is confirmed")
    DECLINE = "decline", _("The booking is declined")


class SessionState(models.TextChoices):
    """Where a session is (DESIGN.md 5)."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Is open")
    CLOSED = "closed", _("Closed")
    HELD = "held", _("Was held")
    NOT_HELD = "not_held", _("Not held")
    CANCELLED = "cancelled", _("Cancelled")


UPCOMING_STATES = (SessionState.OPEN, SessionState.CLOSED)
"""States in which a session is announced and may still take place."""


NOT_TAKING_PLACE = (SessionState.NOT_HELD, SessionState.CANCELLED)
"""States in which a session occupies neither its place nor its facilitator."""


class WhyNotBookable(models.TextChoices):
    """Why a session cannot be booked now (P8); the label says what to do."""

    NOT_OPEN_YET = "not_open_yet", _("Booking has not opened yet")
    CLOSED = "closed", _("Booking has closed")
    FULL = "full", _("All places are taken")
    PROVIDER_NOT_COVERED = "provider_not_covered", _("Cannot be booked at the moment")
    CANCELLED = "cancelled", _("Cancelled")
    DRAFT = "draft", _("Not published")
    HELD = "held", _("Already held")


class ProposalState(models.TextChoices):
    """What becomes of a date that a schedule proposes."""

    NEW = "new", _("Will be made")
    EXISTS = "exists", _("Already made")
    MOVED = "moved", _("Moved by hand")
    CANCELLED = "cancelled", _("Cancelled: does not come back")
    HOLIDAY = "holiday", _("Skipped: day off")
    TAKEN = "taken", _("Skipped: place or facilitator is taken")
    PAST = "past", _("Skipped: over")


class RolledState(models.TextChoices):
    """What becomes of a date when its season is rolled to the next school year (L5)."""

    KEPT = "kept", _("Same week and weekday")
    MOVED = "moved", _("Moved")
    DROPPED = "dropped", _("Falls out")
    EXISTS = "exists", _("Already made")


class DraftState(models.TextChoices):
    """Where a provider's draft of an offer is (L3)."""

    DRAFT = "draft", pgettext_lazy("offer", "Draft")
    SENT = "sent", pgettext_lazy("offer", "Sent for approval")
    RETURNED = "returned", pgettext_lazy("offer", "Sent back with a comment")
    PUBLISHED = "published", pgettext_lazy("offer", "Published")


class ClashKind(models.TextChoices):
    """Why two sessions cannot well take place as planned (S21), the surest first."""

    VENUE = "venue", _("same place")
    FACILITATOR = "facilitator", _("same facilitator")
    TRAVEL = "travel", _("too little time for the facilitator to get from one to the other")
    OFFER = "offer", _("same offer")


REFUSABLE_CLASHES = frozenset({ClashKind.VENUE, ClashKind.FACILITATOR, ClashKind.TRAVEL})
"""Two dates of one offer at once may be meant (two teams); they are only told of."""


class SessionCancelReason(models.TextChoices):
    """Why a whole session is cancelled: fixed choices, since pages and the mails of everybody affected say it."""

    ILLNESS = "illness", pgettext_lazy("session", "Illness")
    PROVIDER = "provider_cannot", pgettext_lazy("session", "We cannot hold it on that date after all")
    PLACE = "place", pgettext_lazy("session", "The place cannot be used")
    TOO_FEW = "too_few", pgettext_lazy("session", "Too few have signed up")
    WEATHER = "weather", pgettext_lazy("session", "Weather or traffic")
    SCHOOL = "school", pgettext_lazy("session", "The school has called it off")
    OTHER = "other", pgettext_lazy("session", "Another reason")


class SessionAccess(models.TextChoices):
    """Who may sign up (F6)."""

    OPEN = "open", _("Open to all")
    SCHOOL = "school", _("For one school's parents")
    INVITATION = "invitation", _("By invitation link only")


class SchoolType(models.TextChoices):
    """The register's raw type, as shipped; what it counts as in a goal is mapped when reporting."""

    FOLKESKOLE = "folkeskole", _("Folkeskole (public school)")
    FOLKESKOLE_10 = "folkeskole_10_klasse", _("Municipal 10th grade unit")
    INTERNATIONAL = "kommunal_international", _("Municipal international school")
    FRI_PRIVAT = "fri_privatskole", _("Independent school")
    SPECIAL = "specialskole", _("Special school")


class SchoolProvides(models.TextChoices):
    """What the school makes ready, as fixed choices so that mails can say it in any language."""

    ROOM = "room", _("A classroom where tables can be moved")
    SCREEN = "screen", _("A screen or projector with sound")
    WIFI = "wifi", _("Wi-Fi for a guest")
    DEVICES = "devices", _("A computer or tablet for every two pupils")
    TEACHER = "teacher", _("A teacher who takes part all the time")


STAGES = {"indskoling": (0, 3), "mellemtrin": (4, 6), "udskoling": (7, 10)}
"""First and last grade of each stage (DOMAIN.md 2.1)."""


class TeachingLanguage(models.TextChoices):
    """What a session can be held in."""

    DANISH = "da", _("Danish")
    ENGLISH = "en", _("English")
    ARABIC = "ar", _("Arabic")
    SOMALI = "so", _("Somali")
    TURKISH = "tr", _("Turkish")
    URDU = "ur", _("Urdu")
    INTERPRETER = "interpreter", _("With an interpreter")


class Illustration(models.TextChoices):
    """The portal's own drawings; the value is the file's name in static/portal/img/."""

    FEED = "feed", _("A feed on a screen")
    MAGNIFIER = "magnifier", _("A picture under a magnifying glass")
    MEGAPHONE = "megaphone", _("A megaphone")
    DIALOGUE = "dialogue", _("Speech bubbles that meet")
    ROOTS = "roots", _("A tree with roots")
    EVENING = "evening", _("A lit window in the evening")
    TALK = "talk", _("Two people who talk")
    SIGNS = "signs", _("A lighthouse")


class VisitPhase(models.TextChoices):
    """When a file of an offer is used."""

    BEFORE = "before", _("Before the visit")
    DURING = "during", _("During the visit")
    AFTER = "after", _("After the visit")


class MaterialState(models.TextChoices):
    """Where teaching material is (DOMAIN.md 7.3): "thoroughly evaluated before it may be spread"."""

    IDEA = "idea", _("Idea")
    DRAFT = "draft", _("Draft")
    PILOT = "pilot", _("Being tried out")
    EVALUATION = "evaluation", _("Being evaluated")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("No longer in use")


class MaterialFileKind(models.TextChoices):
    """Whom a download is for."""

    TEACHER = "teacher", _("Teacher's guide")
    PUPIL = "pupil", _("For the pupils")


class MaterialLicence(models.TextChoices):
    """What others may do with a material."""

    CC_BY_SA = "cc_by_sa", _("CC BY-SA 4.0: share and adapt, with credit and under the same terms")
    CC_BY_NC_SA = "cc_by_nc_sa", _("CC BY-NC-SA 4.0: as above, not commercially")
    SCHOOLS_ONLY = "schools_only", _("Free to use in teaching in Copenhagen; not to be passed on")
