from django.apps import AppConfig


class TransportsConfig(AppConfig):
    name = "helpdesk.transports"
    label = "transports"

    def ready(self) -> None:
        from helpdesk.outbox.senders import register
        from helpdesk.transports.email.send import send_reply

        register("email", send_reply)
