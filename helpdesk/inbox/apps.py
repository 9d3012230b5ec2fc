from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The agents' screen."""

    name = "helpdesk.inbox"
