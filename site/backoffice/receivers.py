from django.contrib.auth import get_user_model
from django.db.models.signals import m2m_changed, post_migrate
from django.dispatch import receiver

from backoffice.roles import roles_create, staff_flag_update

User = get_user_model()


@receiver(post_migrate)
def make_roles(sender, plan=(), **kwargs):
    if sender.label == "wagtailcore" and not any(backwards for _, backwards in plan):
        roles_create()


@receiver(m2m_changed, sender=User.groups.through)
def update_staff_flag(instance, action, reverse, pk_set, **kwargs):
    if action.startswith("post_"):
        users = User.objects.filter(pk__in=pk_set or ()) if reverse else [instance]
        for user in users:
            staff_flag_update(user)
