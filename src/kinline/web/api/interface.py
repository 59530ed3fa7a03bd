"""The API as a whole: its routers and its description."""

from ninja import NinjaAPI

from kinline.web.api import bookings, kiosk, problems

api = NinjaAPI(
    title="Kinline",
    version="1",
    description="Errors are `application/problem+json`; amounts are dollars as text with at most two decimals.",
    docs_url=None,  # it would load scripts from elsewhere
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("/kiosk/v1", kiosk.router)
api.add_router("/bookings/v1", bookings.router)
problems.register(api)
