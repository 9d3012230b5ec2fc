"""What the admin's theme says and brings no translation of: named here, so that our catalogues have it."""

from django.utils.translation import gettext_noop as _

WORDS = [
    *(_("Apply Filters"), _("Reset filters"), _("Toggle filter"), _("No results found"), _("This page yielded into no results.")),
    *(_("Run the selected action"), _("Select action"), _("Select action to run"), _("Select record"), _("Select")),
    *(_("Next"), _("Previous"), _("next"), _("previous"), _("True"), _("False")),
    *(_("Available shortcuts"), _("Changelist shortcuts"), _("Command tool shortcuts"), _("Global shortcuts")),
    *(_("Open command tool"), _("Open selection"), _("Open selection in new tab"), _("Open shortcuts list"), _("Create new record"), _("Navigate")),
    *(_("Type to search"), _("Nothing matched your search"), _("Recent searches")),
    *(_("Toggle sidebar"), _("Toggle dark/light mode"), _("Dark"), _("Light")),
]
