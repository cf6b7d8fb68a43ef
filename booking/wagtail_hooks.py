"""Registers «Bookinger» with the administration."""

from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from booking.attendance.admin_views import (
    StaffReportView,
    UnreportedMenuItem,
    UnreportedView,
    renew_link_to_report,
)
from booking.certificates.admin_views import StaffCertificateView
from booking.evaluation import admin_views as evaluation
from booking.evaluation.pilots import admin_views as pilots
from booking.evaluation.readiness import DevelopmentView, ReadinessViewSet
from booking.messaging.views import StaffSessionMessageView
from booking.requesting import admin_views
from booking.requesting.viewsets import RequestViewSet
from booking.session_steps import CANCEL, LIMITS, MOVE
from booking.views import administration, subscribing
from booking.views.fairness import FairnessMenuItem, FairnessReportView
from booking.views.handing_over import StaffHandOverView
from booking.views.moving import MoveBookingView
from booking.views.sessions import StaffSessionChangeView
from booking.viewsets import BookingViewSet, FeedViewSet


@hooks.register("register_admin_viewset")
def register_booking_viewset() -> BookingViewSet:
    """Return the list of bookings."""
    return BookingViewSet()


@hooks.register("register_admin_viewset")
def register_request_viewset() -> RequestViewSet:
    """Return the list of requests."""
    return RequestViewSet()


@hooks.register("register_admin_viewset")
def register_feed_viewset() -> FeedViewSet:
    """Return the list of calendar subscriptions."""
    return FeedViewSet()


@hooks.register("register_admin_urls")
def register_request_urls() -> list[URLPattern]:
    """Return the pages of one request."""
    return [
        path("anmodninger/<int:pk>/", admin_views.RequestDetailView.as_view(), name="request_admin_detail"),
        path(
            "anmodninger/<int:pk>/svar/", admin_views.RequestAnswerView.as_view(), name="request_admin_answer"
        ),
        path(
            "anmodninger/<int:pk>/aftal/",
            admin_views.RequestActionView.as_view(),
            {"action": "agree"},
            name="request_admin_agree",
        ),
        path(
            "anmodninger/<int:pk>/afvis/",
            admin_views.RequestActionView.as_view(),
            {"action": "decline"},
            name="request_admin_decline",
        ),
        path(
            "anmodninger/<int:pk>/traek-tilbage/",
            admin_views.RequestActionView.as_view(),
            {"action": "withdraw"},
            name="request_admin_withdraw",
        ),
    ]


@hooks.register("register_admin_urls")
def register_booking_urls() -> list[URLPattern]:
    """Return the pages of one booking and of booking for a caller."""
    return [
        path("bookinger/telefon/", administration.CallerOffersView.as_view(), name="booking_admin_caller"),
        path(
            "bookinger/telefon/<int:offer_id>/",
            administration.CallerDatesView.as_view(),
            name="booking_admin_caller_dates",
        ),
        path(
            "bookinger/telefon/dato/<int:session_id>/",
            administration.CallerFormView.as_view(),
            name="booking_admin_caller_form",
        ),
        path("bookinger/fordeling/", FairnessReportView.as_view(), name="fairness_report"),
        path("bookinger/kalender/", subscribing.TeamFeedView.as_view(), name="team_feed"),
        path("bookinger/<int:pk>/", administration.BookingDetailView.as_view(), name="booking_admin_detail"),
        path(
            "bookinger/<int:pk>/kvittering/",
            administration.PaperReceiptView.as_view(),
            name="booking_admin_receipt",
        ),
        path(
            "bookinger/<int:pk>/deltagerbevis.pdf",
            StaffCertificateView.as_view(),
            name="booking_admin_certificate",
        ),
        path(
            "bookinger/<int:pk>/ret/",
            administration.ChangeBookingView.as_view(),
            name="booking_admin_change",
        ),
        path(
            "tider/<int:session_id>/nyt-invitationslink/",
            administration.renew_invitation_link,
            name="session_admin_invitation",
        ),
        path(
            "bookinger/<int:pk>/giv-videre/",
            StaffHandOverView.as_view(),
            name="booking_admin_hand_over",
        ),
        path("bookinger/<int:pk>/move/", MoveBookingView.as_view(), name="booking_admin_move"),
        path(
            "bookinger/<int:pk>/<slug:action>/",
            administration.BookingActionView.as_view(),
            name="booking_admin_action",
        ),
        *(
            path(
                f"tider/<int:session_id>/{address}/",
                StaffSessionChangeView.as_view(step=step),
                name=f"session_admin_{name}",
            )
            for address, name, step in (
                ("flyt", "move", MOVE),
                ("aflys", "cancel", CANCEL),
                ("pladser", "limits", LIMITS),
            )
        ),
    ]


@hooks.register("register_admin_urls")
def register_message_urls() -> list[URLPattern]:
    """Return the page that writes to all who have booked a session."""
    return [
        path(
            "tider/<int:session_id>/besked/",
            StaffSessionMessageView.as_view(),
            name="session_admin_message",
        ),
    ]


@hooks.register("register_admin_urls")
def register_report_urls() -> list[URLPattern]:
    """Return the pages of reports of sessions."""
    return [
        path("mangler-indberetning/", UnreportedView.as_view(), name="unreported"),
        path(
            "mangler-indberetning/results/",
            UnreportedView.as_view(results_only=True),
            name="unreported_results",
        ),
        path(
            "tider/<int:session_id>/indberet/",
            StaffReportView.as_view(),
            name="session_admin_report",
        ),
        path(
            "tider/<int:session_id>/nyt-indberetningslink/",
            renew_link_to_report,
            name="session_admin_report_link",
        ),
    ]


@hooks.register("register_admin_viewset")
def register_readiness_viewset() -> ReadinessViewSet:
    """Return the assessments of readiness."""
    return ReadinessViewSet()


@hooks.register("register_admin_urls")
def register_evaluation_urls() -> list[URLPattern]:
    """Return the pages of evaluation and of pilots."""
    pilot = "evaluering/afproevninger/<int:pk>/"
    return [
        path("evaluering/", evaluation.ResultsView.as_view(), name="evaluation_results"),
        path("evaluering/tekster/", evaluation.TextsView.as_view(), name="evaluation_texts"),
        path("evaluering/tekster/<int:pk>/", evaluation.TextVerdictView.as_view(), name="evaluation_text"),
        path("evaluering/skemaer/", evaluation.FormsView.as_view(), name="evaluation_forms"),
        path("evaluering/skemaer/<int:pk>/", evaluation.FormView.as_view(), name="evaluation_form"),
        path("evaluering/laeringsmaal/", evaluation.GoalsView.as_view(), name="evaluation_goals"),
        path(
            "evaluering/laeringsmaal/<int:offer_id>/",
            evaluation.OfferGoalsView.as_view(),
            name="evaluation_offer_goals",
        ),
        path("evaluering/beredskab/", DevelopmentView.as_view(), name="readiness_development"),
        path("evaluering/afproevninger/", pilots.PilotsView.as_view(), name="pilots"),
        path("evaluering/afproevninger/ny/", pilots.StartPilotView.as_view(), name="pilot_start"),
        path(pilot, pilots.PilotView.as_view(), name="pilot"),
        path(f"{pilot}klasse/", pilots.AddClassView.as_view(), name="pilot_class"),
        path(f"{pilot}klasse/<int:class_id>/brugt/", pilots.UsedView.as_view(), name="pilot_used"),
        path(f"{pilot}log/", pilots.NoteView.as_view(), name="pilot_note"),
        path(f"{pilot}rapport/", pilots.ReportPilotView.as_view(), name="pilot_report"),
        path(f"{pilot}beslut/", pilots.DecidePilotView.as_view(), name="pilot_decide"),
    ]


@hooks.register("register_admin_menu_item")
def register_evaluation_menu() -> MenuItem:
    """Return «Evaluering»."""
    return evaluation.evaluation_menu()


@hooks.register("register_reports_menu_item")
def register_unreported_menu_item() -> MenuItem:
    """Put the list of sessions without report among the reports."""
    return UnreportedMenuItem(
        _("Missing reports"), reverse_lazy("unreported"), name="unreported", icon_name="warning", order=290
    )


@hooks.register("register_reports_menu_item")
def register_fairness_menu_item() -> MenuItem:
    """Put the report of fair shares among the reports, for those who may see bookings."""
    return FairnessMenuItem(
        _("Fair shares"), reverse_lazy("fairness_report"), name="fairness", icon_name="group", order=300
    )
