"""Fetching a certificate: by the personal link of the sign-up (rule 12). GET changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from booking import links
from booking.certificates.documents import certificate_filename, certificate_pdf
from booking.certificates.reading import Certificate, certificate_of
from booking.views.managing import dead_link, load_booking
from core.limits.limits import limited
from core.links.errors import LinkError


@limited("token_page_ip", methods=("GET",))
@never_cache
@require_GET
def certificate_file(request: HttpRequest, token: str) -> HttpResponse:
    """Return the certificate as a PDF; where there is none, show the sign-up's page, which says why."""
    now = timezone.now()
    try:
        booking = load_booking(token, purpose=links.MANAGE, now=now)
    except LinkError as error:
        return dead_link(request, error)
    certificate = certificate_of(booking, now=now)
    if not certificate.is_ready:
        return redirect("booking_detail", token=token)
    return pdf_response(certificate)


def pdf_response(certificate: Certificate) -> HttpResponse:
    """Return the document as a file to keep."""
    response = HttpResponse(certificate_pdf(certificate), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{certificate_filename(certificate)}"'
    return response
