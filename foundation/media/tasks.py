from celery import shared_task

from foundation.media.models import LibraryImage
from foundation.media.services import renditions_make as make


@shared_task(name="foundation.media.tasks.renditions_make")
def renditions_make(image_id: int) -> None:
    image = LibraryImage.objects.filter(pk=image_id).first()
    if image is not None:
        make(image=image)
