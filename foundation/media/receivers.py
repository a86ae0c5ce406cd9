from django.db.models.signals import post_save
from django.dispatch import receiver

from foundation.media.models import LibraryImage
from foundation.media.services import renditions_request


@receiver(post_save, sender=LibraryImage)
def request_renditions(instance, raw, **kwargs):
    if not raw and not instance.manifest:
        renditions_request(image=instance)
