from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kinline.documents"
