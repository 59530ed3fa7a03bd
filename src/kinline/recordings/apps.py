from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    name = "kinline.recordings"
