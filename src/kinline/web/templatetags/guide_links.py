"""Where the links of a guide lead."""

from django import template

from kinline.web.family.help import address_of

register = template.Library()
register.filter("address", address_of)
