from django import template

from foundation.core.html import html_clean

register = template.Library()
register.filter("html_clean", html_clean, is_safe=True)
