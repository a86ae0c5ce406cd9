class DomainError(Exception):
    """A rule of the shop forbids what was asked.

    ``str(error)`` is a translated sentence for the person who asked; entry
    points turn it into a message.
    """


class PermanentError(Exception):
    """A task failed for a reason that no retry heals: it is given up at once.

    ``str(error)`` is a sentence for the staff who see it among the failed jobs.
    """
