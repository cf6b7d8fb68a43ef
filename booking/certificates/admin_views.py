"""The certificate of a sign-up, fetched by staff for someone who asks by phone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from booking.certificates.views import pdf_response
from booking.views.administration import OneBookingView


class StaffCertificateView(OneBookingView):
    """The same file as the participant's, and who read it is noted."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return it; where there is none, say so on the booking's page."""
        if not self.certificate.is_ready:
            messages.error(request, _("There is no certificate for this booking."))
            return redirect("booking_admin_detail", pk=pk)
        self.note_reading()
        return pdf_response(self.certificate)
