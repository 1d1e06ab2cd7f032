"""The settings of a small site with polls, as `django-admin startproject` writes them, shortened."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = 'for lessons on this machine only'
DEBUG = True
ALLOWED_HOSTS = ['my.test', '.localhost', '127.0.0.1']

INSTALLED_APPS = ['polls']
MIDDLEWARE = ['mysite.tracing.trace', 'django.middleware.common.CommonMiddleware']
ROOT_URLCONF = 'mysite.urls'
WSGI_APPLICATION = 'mysite.wsgi.application'
TEMPLATES = [{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True}]
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.sqlite3',
        'NAME': os.environ.get('POLLS_DATABASE', BASE_DIR / 'db.sqlite3'),
    }
}
DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'
USE_TZ = True
