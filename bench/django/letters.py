"""The letter page of djangogirls.test in Django, for comparison: the same query, the same page, the same middleware.

Each of gunicorn's workers imports this; with TRACED=1 it starts OpenTelemetry too."""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.shortcuts import render
from django.urls import path

HERE = os.path.dirname(os.path.abspath(__file__))

settings.configure(
    DEBUG=False,
    SECRET_KEY="for a bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [os.path.join(HERE, "templates")],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["SITE_DB"],
            "CONN_MAX_AGE": None,
        }
    },
    USE_TZ=True,
)
if os.environ.get("TRACED") == "1":
    import tracing  # noqa: F401

django.setup()


class Letter(models.Model):
    name = models.TextField(primary_key=True)
    subject = models.TextField()
    body = models.TextField()

    class Meta:
        app_label = "letters"
        db_table = "letter"
        managed = False


def letter(request, name):
    found = Letter.objects.filter(name=name.lower()).first()
    return render(request, "letter.html", {"name": name, "letter": found, "pid": os.getpid()})


def page(request):
    return render(request, "letter.html", {})


urlpatterns = [
    path("", page, name="welcome"),
    path("letters/", page, name="my_letter"),
    path("letters/<str:name>/", letter, name="letter"),
    path("jobs/", page, name="job_list"),
    path("accounts/login/", page, name="login"),
]

application = get_wsgi_application()
