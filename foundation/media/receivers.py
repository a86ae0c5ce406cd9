from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from foundation.media.models import LibraryImage
from foundation.media.services import file_delete_on_commit, renditions_request


@receiver(post_save, sender=LibraryImage)
def request_renditions(instance, raw, **kwargs):
    if not raw and not instance.manifest:
        renditions_request(image=instance)


@receiver(post_delete, sender="wagtailusers.UserProfile")
def delete_portrait(instance, **kwargs):
    """Wagtail (8.0) deletes a portrait that is replaced, not that of a deleted person."""
    if instance.avatar:
        file_delete_on_commit(file=instance.avatar)
