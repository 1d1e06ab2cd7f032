"""For tests alone: a real Django with the site's addresses. A request a line on stdin (JSON), its answer a line on stdout."""

import json
import logging
import sys
from io import BytesIO
from urllib.parse import unquote_to_bytes

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.views.decorators.cache import never_cache

settings.configure(
    DEBUG=False,
    SECRET_KEY="for a test",
    ALLOWED_HOSTS=json.loads(sys.argv[1]),
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.sessions"],
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    LOGGING_CONFIG=None,
)
django.setup()
logging.disable(logging.CRITICAL)


def page(request, **_):
    request.session.get("userId")  # every page says who is signed in
    return HttpResponse()


@never_cache
def form(request):
    request.session.get("userId")
    get_token(request)
    return HttpResponse()


urlpatterns = [
    path("", page),
    path("jobs/", page),
    path("jobs/<int:pk>/", page),
    path("jobs/<int:pk>/description", page),
    path("letters/<str:name>/", page),
    path("accounts/login/", form),
]
application = get_wsgi_application()


def ask(method, target, headers, body):
    found, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(found).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body.encode()),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body.encode())),
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else "HTTP_" + key] = value
    said = {}

    def start_response(status, fields):
        said.update(status=int(status[:3]), headers=[[name.lower(), value] for name, value in fields])

    for _ in application(environ, start_response):
        pass
    return said


for line in sys.stdin:
    print(json.dumps(ask(**json.loads(line))), flush=True)
