"""Read by gunicorn. TRACED=1 starts OpenTelemetry in each worker, as threads of an exporter do not survive the fork."""

import os


def post_fork(server, worker):
    if os.environ.get("TRACED") != "1":
        return
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
