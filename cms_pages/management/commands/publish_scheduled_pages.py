"""Wagtail's (8.0) other name of the command; without this it would run Wagtail's own."""

from cms_pages.management.commands.publish_scheduled import Command

__all__ = ["Command"]
