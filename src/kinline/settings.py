"""Django's settings, derived from `kinline.configuration`; nothing is decided here that an installation may change."""

from pathlib import Path

from kinline.configuration import configuration
from kinline.database import database
from kinline.mail import mail
from kinline.secrets import Secret, secret_text

_configuration = configuration()
_package = Path(__file__).parent

DEBUG = _configuration.debug
SECRET_KEY = secret_text(_configuration, Secret.SECRET_KEY)
ALLOWED_HOSTS = _configuration.allowed_hosts

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "kinline.audit",
    "kinline.facilities",
    "kinline.people",
    "kinline.servicecalls",
    "kinline.documents",
    "kinline.notices",
    "kinline.contacts",
    "kinline.ledger",
    "kinline.vouchers",
    "kinline.kiosks",
    "kinline.commissary",
    "kinline.plans",
    "kinline.billing",
    "kinline.payments",
    "kinline.calls",
    "kinline.refunds",
    "kinline.support",
    "kinline.enrolment",
    "kinline.alerts",
    "kinline.recordings",
    "kinline.live",
    "kinline.bookings",
    "kinline.web",
]
MIDDLEWARE = [
    "kinline.web.middleware.request_log",
    "kinline.web.files.listener.files_listener",
    "django.middleware.security.SecurityMiddleware",
    "kinline.web.middleware.CompressedPages",
    "kinline.web.static_files.StaticFiles",
    "kinline.web.staff.session.AreaSessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kinline.web.family.devices.seen",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kinline.web.middleware.content_security",
    "kinline.web.staff.gate.staff_gate",
    "kinline.web.family.session.agreements_first",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kinline.web.context.reader",
            ]
        },
    }
]
ROOT_URLCONF = "kinline.web.urls"
WSGI_APPLICATION = None

DATABASES = {"default": database(_configuration)}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "people_counted"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "kinline.web.sign_in_rules.SignInRules"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "30/m/ip,5/300s/key",
    "sign_up": "30/h/ip",
    "send_code": "60/h/ip,5/h/key",
    "check_code": "30/m/ip",
    "own_data": "5/h/user",
    "find_resident": "20/h/user,60/h/ip",
    "ask_for_privilege": "10/h/ip",
}
MFA_ADAPTER = "kinline.web.staff.second_step.SecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "welcome"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

_mail = mail(_configuration.email_url.get_secret_value())
EMAIL_BACKEND = _mail.backend
EMAIL_FILE_PATH = _configuration.mail
EMAIL_HOST = _mail.host
EMAIL_PORT = _mail.port
EMAIL_HOST_USER = _mail.user
EMAIL_HOST_PASSWORD = _mail.password
EMAIL_USE_TLS = _mail.starttls
EMAIL_USE_SSL = _mail.tls
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = _configuration.email_from

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [_package / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kinline.web.static_files.HashedNames"},
    "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": _configuration.documents,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # straight from the package: nothing to collect before a start

# A plain-HTTP installation on one machine works as it is; TLS in front of it says so in X-Forwarded-Proto.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
