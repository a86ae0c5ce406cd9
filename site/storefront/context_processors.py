from django.contrib.auth.context_processors import auth
from django.contrib.messages.context_processors import messages
from django.http import HttpRequest

BACK_OFFICE = ("/cms/", "/dashboard/")


def back_office(request: HttpRequest) -> dict:
    """``user``, ``perms`` and ``messages``, in the back office alone.

    A shopper page that named them would read the session and vary on the cookie.
    """
    if not request.path.startswith(BACK_OFFICE):
        return {}
    return auth(request) | messages(request)
