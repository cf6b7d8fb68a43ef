"""Addresses of booking."""

from django.urls import path

from booking.views import changing, making, managing, providing, queueing, subscribing

urlpatterns = [
    path("book/<int:session_id>/", making.form, name="booking_form"),
    path("book/<int:session_id>/tjek/", making.review, name="booking_review"),
    path("book/<int:session_id>/forlaeng/", making.extend, name="booking_extend"),
    path("book/<int:session_id>/fortryd/", making.give_up, name="booking_give_up"),
    path("book/<int:session_id>/kvittering/", making.receipt, name="booking_receipt"),
    path("booking/bekraeft/<str:token>/", managing.confirm, name="booking_confirm"),
    path("booking/<str:token>/", managing.detail, name="booking_detail"),
    path("booking/<str:token>/ret/", changing.change, name="booking_change"),
    path("booking/<str:token>/afmeld/", managing.withdraw, name="booking_withdraw"),
    path("booking/<str:token>/svar/", queueing.answer, name="booking_answer"),
    path("booking/<str:token>/aftale.ics", managing.calendar_file, name="booking_calendar"),
    path("mine-bookinger/", managing.mine, name="booking_list"),
    path("mine-bookinger/kalender/", subscribing.teacher_feed, name="teacher_feed"),
    path("udbyder/<slug:slug>/kalender/", subscribing.provider_feed, name="provider_feed"),
    path("kalender/min/<str:token>.ics", subscribing.personal_feed, name="personal_feed"),
    path("udbyder/tider/<int:session_id>/", providing.provider_session, name="provider_session"),
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
]
