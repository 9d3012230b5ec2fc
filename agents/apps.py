from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    name = "agents"
    verbose_name = _("People")

    def ready(self) -> None:
        from agents.roles import grant_role_permissions

        post_migrate.connect(grant_role_permissions, dispatch_uid="agents.roles")
