"""What is stored for a row goes with the row."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from courses.media import services
from courses.media.models import Caption, MediaFile, Preparation


@receiver(post_delete, sender=MediaFile, dispatch_uid="files_of_deleted_media")
@receiver(post_delete, sender=Caption, dispatch_uid="files_of_deleted_captions")
def leave_file(sender: Any, instance: MediaFile | Caption, **kwargs: Any) -> None:
    """The uploaded file of a deleted row."""
    services.leave([instance.file.name or ""])


@receiver(post_delete, sender=Preparation, dispatch_uid="files_of_deleted_preparation")
def leave_folder(sender: Any, instance: Preparation, **kwargs: Any) -> None:
    """Everything that was made of a deleted file."""
    services.leave([instance.folder])
