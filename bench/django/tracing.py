"""Starts OpenTelemetry with the Django and sqlite3 instrumentations, in a worker of gunicorn: after the fork."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), max_queue_size=65536, max_export_batch_size=4096))
trace.set_tracer_provider(provider)
SQLite3Instrumentor().instrument()
DjangoInstrumentor().instrument()
