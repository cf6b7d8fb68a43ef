"""Telling who asked for it when an offer gets dates: once, then the address is gone (S25)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from booking.models import DateNotice
from booking.requesting.messages import tell_notice
from booking.requesting.rules import NOTICE_KEPT, NOTICE_UNPROVEN_KEPT
from core.audit.log import SYSTEM, record
from workshops.calendars import local_date_of
from workshops.models import Offer, Session


@transaction.atomic
def ask_for_notice(*, offer_id: int, email: str, language: str, now: datetime) -> None:
    """Note an address that wants to hear when an offer gets dates; it counts once confirmed by the mail's link.

    Asking again sends the link again, at most once an hour; the caller learns nothing about what was known.
    """
    offer = Offer.objects.get(pk=offer_id)
    notice, _is_new = DateNotice.objects.get_or_create(
        offer=offer,
        email=email.strip().lower(),
        defaults={
            "language": language,
            "created_at": now,
            "delete_after": local_date_of(now + NOTICE_UNPROVEN_KEPT),
        },
    )
    tell_notice(
        notice, mail_type="notice_confirm", key=f"notice_confirm:{notice.pk}:{now:%Y%m%dT%H}", now=now
    )


@transaction.atomic
def confirm_notice(*, notice_id: int, now: datetime) -> DateNotice | None:
    """Take it that the address wants to hear: its link was used. Twice changes nothing.

    Returns None when the notice is gone: told, stopped or run out.
    """
    DateNotice.objects.filter(pk=notice_id, proven_at=None).update(
        proven_at=now, delete_after=local_date_of(now + NOTICE_KEPT)
    )
    return DateNotice.objects.filter(pk=notice_id).first()


def stop_notice(*, notice_id: int) -> None:
    """Delete an address that no longer wants to hear. Twice changes nothing."""
    DateNotice.objects.filter(pk=notice_id).delete()


def tell_of_dates(now: datetime) -> int:
    """Queue the mail of every notice whose offer can be booked now, and delete the notice. Returns how many.

    Mail and deletion are one transaction: killed or run twice, each address is told once (rule 5).
    """
    bookable = Session.objects.public().bookable(now=now).order_by().filter(offer=OuterRef("offer"))
    due = DateNotice.objects.waiting().filter(Exists(bookable)).order_by("pk")
    told = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            notice = DateNotice.objects.select_for_update().filter(pk=pk).first()
            if notice is None:
                continue
            tell_notice(notice, mail_type="notice_dates_open", key=f"notice_dates_open:{pk}", now=now)
            offer_id = notice.offer_id
            notice.delete()
            record("notice_told", f"offer:{offer_id}", actor=SYSTEM, now=now)
        told += 1
    return told


def delete_old_notices(now: datetime) -> int:
    """Delete addresses never confirmed, after a day, and those a year old. Returns how many."""
    count, _per_model = old_notices(now).delete()
    return count


def old_notices(now: datetime) -> QuerySet[DateNotice]:
    """Return the notices whose last day has passed."""
    return DateNotice.objects.filter(delete_after__lt=local_date_of(now))
