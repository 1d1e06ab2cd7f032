"""Spans of this site without any package: what `opentelemetry-instrument` would record, by hand.

A span for the request (which continues the trace of the header `traceparent`), one for the view, one for each query. They are
sent to the lab in OTLP after each request. Under `opentelemetry-instrument` this middleware does nothing.
"""

import json
import os
import re
import secrets
import sys
import time
import urllib.request
from contextlib import contextmanager

from django.db import connection

ENDPOINT = os.environ.get('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318')
SERVICE = os.environ.get('OTEL_SERVICE_NAME', 'polls')
INTERNAL, SERVER, CLIENT = 1, 2, 3


def trace(get_response):
    """Django's middleware: records each request."""
    if 'opentelemetry.instrumentation.django' in sys.modules:
        return get_response

    def middleware(request):
        caller = re.fullmatch('00-([0-9a-f]{32})-([0-9a-f]{16})-..', request.headers.get('traceparent', ''))
        trace_id, parent = caller.groups() if caller else (secrets.token_hex(16), '')
        recorder = Recorder(trace_id, parent)
        request.recorder = recorder
        attributes = {'http.request.method': request.method, 'url.path': request.path, 'url.scheme': request.scheme}
        with recorder.span(request.method, SERVER, attributes) as span:
            with connection.execute_wrapper(recorder.query):
                response = get_response(request)
            attributes['http.response.status_code'] = response.status_code
            if request.resolver_match:
                attributes['http.route'] = '/' + request.resolver_match.route
                span['name'] += ' ' + attributes['http.route']
        recorder.send()
        return response

    middleware.process_view = process_view
    return middleware


def process_view(request, view, args, kwargs):
    """Django calls it before each view: it calls the view itself, within a span."""
    attributes = {'code.function.name': f'{view.__module__}.{view.__name__}'}
    with request.recorder.span(f'view {view.__name__}', INTERNAL, attributes):
        return view(request, *args, **kwargs)


class Recorder:
    """The spans of one request, in OTLP's JSON."""

    def __init__(self, trace_id, parent):
        self.trace_id, self.spans, self.open = trace_id, [], [parent]

    @contextmanager
    def span(self, name, kind, attributes):
        span = {
            'traceId': self.trace_id,
            'spanId': secrets.token_hex(8),
            'parentSpanId': self.open[-1],
            'name': name,
            'kind': kind,
            'startTimeUnixNano': str(time.time_ns()),
        }
        self.spans.append(span)
        self.open.append(span['spanId'])
        try:
            yield span
        except Exception as error:
            span['status'] = {'code': 2, 'message': str(error)}
            raise
        finally:
            self.open.pop()
            span['endTimeUnixNano'] = str(time.time_ns())
            span['attributes'] = [{'key': key, 'value': value_of(value)} for key, value in attributes.items()]

    def query(self, execute, sql, params, many, context):
        """Django calls it in place of each query."""
        attributes = {'db.system.name': context['connection'].vendor, 'db.query.text': sql}
        with self.span(sql.split()[0], CLIENT, attributes):
            return execute(sql, params, many, context)

    def send(self):
        resource = {'attributes': [{'key': 'service.name', 'value': {'stringValue': SERVICE}}]}
        scopes = [{'scope': {'name': 'mysite.tracing'}, 'spans': self.spans}]
        body = json.dumps({'resourceSpans': [{'resource': resource, 'scopeSpans': scopes}]}).encode()
        request = urllib.request.Request(f'{ENDPOINT}/v1/traces', body, {'Content-Type': 'application/json'})
        try:
            urllib.request.urlopen(request, timeout=1).close()
        except OSError as error:
            print(f'The spans were not sent: {error}', file=sys.stderr)


def value_of(value):
    return {'intValue': str(value)} if isinstance(value, int) else {'stringValue': value}
