from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomerAgentConfig(AppConfig):
    name = "customer_agent"
    verbose_name = _("Customer Agent")
