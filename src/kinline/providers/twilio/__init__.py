"""Text messages through Twilio's REST API, which others in the field speak too (SignalWire, Telnyx, Plivo's proxies).

Set up by `KINLINE_SMS_URL`: `twilio://ACCOUNT:TOKEN@api.twilio.com?from=+15045550100` (or `?service=MG...`). Deleting
this folder takes it out of an installation and breaks nothing else.
"""

from kinline.configuration import Configuration
from kinline.providers.sms import SmsProvider
from kinline.providers.twilio.provider import Twilio, twilio_address


def open_provider(settings: Configuration) -> SmsProvider | None:
    """Twilio, when the installation names its account."""
    url = settings.sms_url.get_secret_value()
    return Twilio(twilio_address(url)) if url else None
