from wagtail.log_actions import LogFormatter

from foundation.audit.selectors import changes_of


class ChangeFormatter(LogFormatter):
    """Before and after in one line, for Wagtail's reports."""

    def format_message(self, log_entry):
        data = log_entry.data or {}
        values = "; ".join(
            f"{each.name}: {each.before} → {each.after}" for each in changes_of(data)
        )
        parts = [str(self.label), data.get("part"), values]
        return " – ".join(part for part in parts if part)
