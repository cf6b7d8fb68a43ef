"""Writes of workshops: one function per use case."""

from workshops.clashes import find_clashes, lock_against_clashes, refuse_clashes
from workshops.operations.courses import change_course, create_course, create_courses, dissolve_course
from workshops.operations.offers import change_offer_rules, create_offer
from workshops.operations.schedules import (
    Materialised,
    ScheduleValues,
    materialise_schedule,
    save_schedule,
    schedule_from,
)
from workshops.operations.school_changes import (
    SchoolEnded,
    close_school,
    merge_school,
    reopen_school,
)
from workshops.operations.schools import (
    Difference,
    ImportReport,
    import_schools,
    load_public_holidays,
    load_shipped_register,
)
from workshops.operations.sessions import (
    SessionPlan,
    cancel_session,
    change_limits,
    close_session,
    create_session,
    edit_session,
    open_session,
    return_to_draft,
)

__all__ = [
    "Difference",
    "ImportReport",
    "Materialised",
    "ScheduleValues",
    "SchoolEnded",
    "SessionPlan",
    "cancel_session",
    "change_course",
    "change_limits",
    "change_offer_rules",
    "close_school",
    "close_session",
    "create_course",
    "create_courses",
    "create_offer",
    "create_session",
    "dissolve_course",
    "edit_session",
    "find_clashes",
    "import_schools",
    "load_public_holidays",
    "load_shipped_register",
    "lock_against_clashes",
    "materialise_schedule",
    "merge_school",
    "open_session",
    "refuse_clashes",
    "reopen_school",
    "return_to_draft",
    "save_schedule",
    "schedule_from",
]
