from django import template

from storefront.seed.logins import DemoLogin, demo_logins

register = template.Library()


@register.simple_tag(name="demo_logins")
def demo_logins_tag() -> list[DemoLogin]:
    """Return the log-ins to show on the pages of a demo; none elsewhere."""
    return demo_logins()
