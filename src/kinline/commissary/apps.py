from django.apps import AppConfig


class CommissaryConfig(AppConfig):
    name = "kinline.commissary"
