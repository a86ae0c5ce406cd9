import hashlib
from collections.abc import Iterator
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.accounts.addresses import email_is_normal, email_normalise


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email, password=None, **fields):
        """Create a customer.

        Raises:
            ValueError: there is no e-mail address.
            ValidationError: it has no normal form.
        """
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(
            email, password, **{"is_staff": True, "is_superuser": True} | fields
        )

    @classmethod
    def normalize_email(cls, email):
        return email_normalise(email)

    def get_by_natural_key(self, username):
        """Find the account to log in to. An address without a normal form has none."""
        try:
            email = email_normalise(username)
        except ValidationError:
            raise self.model.DoesNotExist from None
        return self.get(email=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can log in; the e-mail address is the user name, in its normal form.

    Not Oscar's ``AbstractUser``: its ``save()`` hands product alerts to
    addresses nobody has verified.
    """

    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("This e-mail address is already in use.")},
    )
    first_name = models.CharField(_("first name"), max_length=255, blank=True)
    last_name = models.CharField(_("last name"), max_length=255, blank=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May log in to the back office.")
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Unset this instead of deleting the account."),
    )
    email_verified_at = models.DateTimeField(
        _("e-mail verified at"), null=True, blank=True, editable=False
    )
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=email_is_normal("email"), name="user_email_normal"
            )
        ]

    def __str__(self):
        return self.get_full_name() or self.email

    def clean(self):
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)

    def get_session_auth_hash(self) -> str:
        """All sessions end when the password or the e-mail address changes."""
        return self._hash_with_email(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._hash_with_email, super().get_session_auth_fallback_hash())

    def _hash_with_email(self, session_hash: str) -> str:
        return hashlib.sha256(f"{session_hash}{self.email}".encode()).hexdigest()

    def get_full_name(self):
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self):
        return self.first_name

    def email_user(self, subject, message, from_email=None, **kwargs):
        send_mail(subject, message, from_email, [self.email], **kwargs)
