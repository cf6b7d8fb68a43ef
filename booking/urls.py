"""Addresses of booking."""

from django.urls import path

from booking.attendance import door_views
from booking.attendance import views as attendance
from booking.certificates import views as certificates
from booking.evaluation import views as evaluation
from booking.messaging.views import ProviderSessionMessageView
from booking.requesting import notice_views, provider_views
from booking.requesting import views as asking
from booking.session_steps import CANCEL, LIMITS, MOVE
from booking.views import changing, handing_over, making, managing, moving, providing, queueing, subscribing
from booking.views.sessions import ProviderSessionChangeView

urlpatterns = [
    path("book/<int:session_id>/", making.form, name="booking_form"),
    path("book/<int:session_id>/tjek/", making.review, name="booking_review"),
    path("book/<int:session_id>/forlaeng/", making.extend, name="booking_extend"),
    path("book/<int:session_id>/fortryd/", making.give_up, name="booking_give_up"),
    path("book/<int:session_id>/kvittering/", making.receipt, name="booking_receipt"),
    path("booking/bekraeft/<str:token>/", managing.confirm, name="booking_confirm"),
    path("booking/<str:token>/", managing.detail, name="booking_detail"),
    path("booking/overtag/<str:token>/", handing_over.take_over, name="booking_take_over"),
    path("booking/<str:token>/giv-videre/", handing_over.hand_over, name="booking_hand_over"),
    path("booking/<str:token>/ret/", changing.change, name="booking_change"),
    path("booking/<str:token>/afmeld/", managing.withdraw, name="booking_withdraw"),
    path("booking/<str:token>/flyt/", moving.move, name="booking_move"),
    path("booking/<str:token>/svar/", queueing.answer, name="booking_answer"),
    path("booking/<str:token>/aftale.ics", managing.calendar_file, name="booking_calendar"),
    path("booking/<str:token>/deltagerbevis.pdf", certificates.certificate_file, name="booking_certificate"),
    path("mine-bookinger/", managing.mine, name="booking_list"),
    path("mine-bookinger/kalender/", subscribing.teacher_feed, name="teacher_feed"),
    path("udbyder/<slug:slug>/kalender/", subscribing.provider_feed, name="provider_feed"),
    path("kalender/min/<str:token>.ics", subscribing.personal_feed, name="personal_feed"),
    path("udbyder/<slug:slug>/tider/", providing.provider_dates, name="provider_dates"),
    path("udbyder/tider/<int:session_id>/", providing.provider_session, name="provider_session"),
    path("indberet/<str:token>/", attendance.LinkReportView.as_view(), name="session_report_link"),
    path(
        "udbyder/tider/<int:session_id>/indberet/",
        attendance.ProviderReportView.as_view(),
        name="session_report",
    ),
    path(
        "udbyder/tider/<int:session_id>/besked/",
        ProviderSessionMessageView.as_view(),
        name="provider_session_message",
    ),
    path("udbyder/tider/<int:session_id>/doerliste/", door_views.door, name="session_door"),
    path(
        "udbyder/tider/<int:session_id>/flyt/",
        ProviderSessionChangeView.as_view(step=MOVE),
        name="provider_session_move",
    ),
    path(
        "udbyder/tider/<int:session_id>/aflys/",
        ProviderSessionChangeView.as_view(step=CANCEL),
        name="provider_session_cancel",
    ),
    path(
        "udbyder/tider/<int:session_id>/pladser/",
        ProviderSessionChangeView.as_view(step=LIMITS),
        name="provider_session_limits",
    ),
    path(
        "udbyder/tider/<int:session_id>/<int:booking_id>/godkend/",
        providing.provider_approve,
        name="provider_approve",
    ),
    path(
        "udbyder/tider/<int:session_id>/<int:booking_id>/afvis/",
        providing.provider_decline,
        name="provider_decline",
    ),
    path("e/", evaluation.EnterCodeView.as_view(), name="evaluation_enter"),
    path("e/<str:code>/", evaluation.CodeView.as_view(), name="evaluation_code"),
    path("e/<str:code>/tak/", evaluation.thanks, name="evaluation_thanks"),
    path("evaluering/<str:token>/", evaluation.LinkFormView.as_view(), name="evaluation_link"),
    path("evaluering/<str:token>/nej-tak/", evaluation.OptOutView.as_view(), name="evaluation_opt_out"),
    path("udbyder/<slug:slug>/evaluering/", evaluation.provider_results, name="provider_evaluation"),
    path("spoerg/<int:offer_id>/", asking.request_form, name="request_form"),
    path("spoerg/sendt/<str:token>/", asking.request_sent, name="request_sent"),
    path("hjaelp-nu/", asking.urgent_form, name="urgent_form"),
    path("anmodning/bekraeft/<str:token>/", asking.request_confirm, name="request_confirm"),
    path("anmodning/<str:token>/", asking.request_detail, name="request_detail"),
    path("anmodning/<str:token>/vaelg/", asking.request_accept, name="request_accept"),
    path("anmodning/<str:token>/ingen-passer/", asking.request_none_fits, name="request_none_fits"),
    path("anmodning/<str:token>/traek-tilbage/", asking.request_withdraw, name="request_withdraw"),
    path("besked/<int:offer_id>/", notice_views.notice_form, name="notice_form"),
    path("besked/<int:offer_id>/sendt/", notice_views.notice_sent, name="notice_sent"),
    path("besked/link/<str:token>/", notice_views.notice_manage, name="notice_manage"),
    path("udbyder/anmodninger/<int:request_id>/", provider_views.provider_request, name="provider_request"),
    path(
        "udbyder/anmodninger/<int:request_id>/afvis/",
        provider_views.provider_request_decline,
        name="provider_request_decline",
    ),
]
