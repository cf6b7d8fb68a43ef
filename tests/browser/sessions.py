"""Pages of somebody who is logged in already: logging in itself is tested with the accounts."""

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from core.accounts.models import User
from tests.factories.accounts import log_in


def enter_as(page: Page, user: User) -> None:
    """Give the page's browser a session of the user."""
    client = log_in(Client(), user)
    page.goto("/was")  # a page of the site, so that the cookie has an address
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": page.url,
                "httpOnly": True,
            }
        ]
    )
