from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "kinline.live"
