from cms_pages.models.articles import (
    ArticleIndexPage,
    ArticlePage,
    ArticlePageTag,
    Author,
)
from cms_pages.models.forms import FormField, FormPage
from cms_pages.models.home import HomePage
from cms_pages.models.navigation import Menu
from cms_pages.models.plain import LandingPage, StandardPage
from cms_pages.models.settings import SiteSettings

__all__ = [
    "ArticleIndexPage",
    "ArticlePage",
    "ArticlePageTag",
    "Author",
    "FormField",
    "FormPage",
    "HomePage",
    "LandingPage",
    "Menu",
    "SiteSettings",
    "StandardPage",
]
