"""Files that came with a message, or will leave with one; and the HTML that a mail was written in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.tickets.models.drafts import Draft
from helpdesk.tickets.models.messages import Message

# Shown in place, and only these: no program runs in them. An SVG or a PDF can hold one.
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
SMALL = 5 * 1024 * 1024  # bytes of a picture that is shown


class AttachmentManager(models.Manager["Attachment"]):
    def get_queryset(self) -> models.QuerySet[Attachment]:
        """Without the bytes, which are read when somebody asks for them."""
        return super().get_queryset().defer("content")


class Attachment(models.Model):
    """Of a message, or of a draft until that is sent. In the database, so that one commit and one backup hold it all."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content_id = models.CharField(max_length=200, blank=True, help_text=_("By which the HTML of a mail names a picture of its own"))
    content = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentManager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(message__isnull=False, draft=None) | Q(message=None, draft__isnull=False), name="attachment_of_message_or_draft")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type in PICTURES and 0 < self.size <= SMALL


class Original(models.Model):
    """The HTML of a mail as it came: never shown but sanitised, and in a frame (V1)."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, primary_key=True, related_name="original")
    html = models.TextField()

    def __str__(self) -> str:
        return f"message {self.message_id}"
