from django.apps import AppConfig


class ServiceCallsConfig(AppConfig):
    name = "kinline.servicecalls"
