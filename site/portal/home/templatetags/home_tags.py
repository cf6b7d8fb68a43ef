"""Template tags of the front page."""

from django import template
from django.templatetags.static import static

from portal.home.blocks import EntryPicture

register = template.Library()


@register.simple_tag
def drawing(name: str) -> str:
    """Return the address of one of the portal's drawings; an unknown name gets the first one."""
    known = name if name in EntryPicture.values else EntryPicture.SCHOOL.value
    return static(f"portal/img/{known}.svg")
