class DomainError(Exception):
    """A rule of the shop forbids what was asked.

    ``str(error)`` is a translated sentence for the person who asked; entry
    points turn it into a message.
    """
