"""Addresses of this app: the demo's mailbox, and where the mail service reports."""

from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from core.outbox import views

_REPORTERS = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
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

if settings.ANYMAIL.get("WEBHOOK_SECRET"):
    # Without a secret anymail would believe anybody: then there is no such page.
    urlpatterns += [
        path(f"anymail/{name}/tracking/", view.as_view(), name=f"anymail_{name}")
        for name, view in _REPORTERS.items()
    ]
