from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "kinline.ledger"
