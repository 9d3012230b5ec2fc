from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "helpdesk.sources"
    label = "sources"
