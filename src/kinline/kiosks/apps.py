from django.apps import AppConfig


class KiosksConfig(AppConfig):
    name = "kinline.kiosks"
