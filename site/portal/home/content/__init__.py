"""The pages a new portal begins with, in Danish and English; editors own them from then on."""

from portal.home.content.site import SitePages, ensure_site

__all__ = ["SitePages", "ensure_site"]
