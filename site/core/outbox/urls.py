"""Addresses of this app: the demo's mailbox, and where the mail service reports."""

from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from core.outbox import views

_REPORTERS = {
    "brevo": BrevoTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/postkasse/", views.mailbox, name="mailbox"),
    path("demo/postkasse/<int:pk>/", views.mailbox_message, name="mailbox_message"),
    path("demo/postkasse/<int:pk>/html/", views.mailbox_html, name="mailbox_html"),
    path("demo/postkasse/<int:pk>/bilag/<int:number>/", views.mailbox_attachment, name="mailbox_attachment"),
]

_service = settings.PORTAL_MAIL_SERVICE
if settings.ANYMAIL.get("WEBHOOK_SECRET") and _service in _REPORTERS:
    # Without a secret anymail would believe anybody: then there is no such page. Nor one for other services.
    urlpatterns.append(
        path(f"anymail/{_service}/tracking/", _REPORTERS[_service].as_view(), name=f"anymail_{_service}")
    )
