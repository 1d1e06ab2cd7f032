// A service of your own, without any library: it opens one span, calls the lab's site with `traceparent`, and sends its span
// to the lab as OTLP in JSON. Change its name, add spans, break it: then look for it with `npm run traces`.

import { randomBytes } from 'node:crypto';

const NAME = 'my-service';
const SITE = `http://127.0.0.1:${process.env.WAYBILL_SITE_PORT ?? 8180}/`;
const OTLP = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? `http://127.0.0.1:${process.env.WAYBILL_OTLP_PORT ?? 4318}`;

const traceId = randomBytes(16).toString('hex');
const spanId = randomBytes(8).toString('hex');
const nanoseconds = (ms) => String(BigInt(Math.round(ms * 1000)) * 1000n);
const start = performance.timeOrigin + performance.now();

const response = await fetch(SITE, { headers: { traceparent: `00-${traceId}-${spanId}-01` } });
await response.text();

const span = {
  traceId,
  spanId,
  name: 'ask the site',
  kind: 3, // CLIENT
  startTimeUnixNano: nanoseconds(start),
  endTimeUnixNano: nanoseconds(performance.timeOrigin + performance.now()),
  attributes: [{ key: 'http.response.status_code', value: { intValue: response.status } }],
};
const sent = await fetch(`${OTLP}/v1/traces`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: NAME } }] },
        scopeSpans: [{ scope: { name: NAME }, spans: [span] }],
      },
    ],
  }),
});
console.log(`${SITE} answered ${response.status}; the span was taken with ${sent.status}`);
console.log(`trace ${traceId}: http://127.0.0.1:${process.env.WAYBILL_PAGE_PORT ?? 8190}/traces/${traceId}`);
