"""The application that uvicorn serves."""

import os

from django.core.asgi import get_asgi_application

from kinline.web.threads import Threads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinline.settings")
application = Threads(get_asgi_application())
