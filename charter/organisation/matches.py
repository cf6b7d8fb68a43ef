"""Which providers and applications an application may be about: for the administration alone, never in public."""

from django.contrib.auth import get_user_model
from django.db.models import Q

from charter.models import Provider, ProviderApplication
from charter.organisation.enums import ApplicationState


def matches_of(application: ProviderApplication) -> list[Provider]:
    """Return providers with the same CVR number, the same name or the same contact, whatever their state."""
    same = Q(name__iexact=application.name) | Q(memberships__user__email=application.contact_email)
    if application.cvr:
        same |= Q(cvr=application.cvr)
    return list(Provider.objects.filter(same).distinct().order_by("name"))


def is_own_application(application: ProviderApplication, user_id: int | None) -> bool:
    """Return whether a user is the applicant, or acts for a provider that the application is about."""
    if user_id is None:
        return False
    user = get_user_model().objects.filter(pk=user_id).first()
    if user is None or user.email.casefold() == application.contact_email.casefold():
        return user is not None
    same = Q(name__iexact=application.name)
    if application.cvr:
        same |= Q(cvr=application.cvr)
    return Provider.objects.filter(same, memberships__user=user).exists()


def other_applications_of(application: ProviderApplication) -> list[ProviderApplication]:
    """Return other applications with the same CVR number or name that are waiting or were answered."""
    same = Q(name__iexact=application.name)
    if application.cvr:
        same |= Q(cvr=application.cvr)
    rows = ProviderApplication.objects.filter(same).exclude(pk=application.pk)
    return list(rows.exclude(state=ApplicationState.UNPROVEN).order_by("-created_at"))
