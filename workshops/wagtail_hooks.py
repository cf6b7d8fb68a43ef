"""Registers workshops' part of the administration."""

from wagtail import hooks

from workshops.editing.draft_notes import tell_of_proposed_rules
from workshops.editing.guards import (
    refuse_bulk_deletion,
    refuse_copies_of_live_offers,
    refuse_page_deletion,
)
from workshops.editing.viewsets import OfferGroup
from workshops.planning.school_viewsets import SchoolGroup
from workshops.planning.viewsets import PlanningGroup

hooks.register("before_delete_page", refuse_page_deletion)
hooks.register("before_bulk_action", refuse_bulk_deletion)
hooks.register("before_copy_page", refuse_copies_of_live_offers)
hooks.register("before_edit_page", tell_of_proposed_rules)


@hooks.register("register_admin_viewset")
def register_offer_group() -> OfferGroup:
    """Return offers, subjects and topics."""
    return OfferGroup()


@hooks.register("register_admin_viewset")
def register_planning_group() -> PlanningGroup:
    """Return sessions, schedules and places."""
    return PlanningGroup()


@hooks.register("register_admin_viewset")
def register_school_group() -> SchoolGroup:
    """Return schools and days off."""
    return SchoolGroup()
