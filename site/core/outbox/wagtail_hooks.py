"""Registers the list of sent mails and the texts of mails."""

from django.urls import URLPattern, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from core.outbox.text_views import TEXT_URLS, TextsMenuItem
from core.outbox.viewsets import MessageViewSet


@hooks.register("register_admin_viewset")
def register_message_viewset() -> MessageViewSet:
    """Return the list of sent mails."""
    return MessageViewSet()


@hooks.register("register_admin_urls")
def register_text_urls() -> list[URLPattern]:
    """Return the pages of the texts of mails."""
    return TEXT_URLS


@hooks.register("register_admin_menu_item")
def register_texts_menu_item() -> MenuItem:
    """Put the texts below the sent mails."""
    return TextsMenuItem(
        _("E-mail texts"), reverse_lazy("mail_texts"), name="mail-texts", icon_name="edit", order=801
    )
