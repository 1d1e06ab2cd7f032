// What is counted: requests by location, kind and status, their times, the gateway's times, bytes.
// Names of OpenTelemetry's semantic conventions; nothing is exported unless OTEL_METRICS_EXPORTER says so.

import { metrics } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { ATTR_LOCATION_KIND, ATTR_LOCATION_RULE } from '../../otel/contract/names.ts';
import { SCOPE } from '../../otel/contract/spec.ts';
import type { ProxyRequest } from './proxy-request.ts';

/** The conventions' own buckets, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Makes the instruments; the function returned records one request that is over. */
export function createMetrics(): (proxyRequest: ProxyRequest) => void {
  const meter = metrics.getMeter(SCOPE);
  const seconds = { unit: 's', advice: { explicitBucketBoundaries: SECONDS } };
  const duration = meter.createHistogram('http.server.request.duration', seconds);
  const upstream = meter.createHistogram('http.client.request.duration', seconds);
  const bytes = meter.createHistogram('http.server.response.body.size', { unit: 'By' });

  return (proxyRequest) => {
    const attributes = {
      [semconv.ATTR_HTTP_REQUEST_METHOD]: proxyRequest.method,
      [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: proxyRequest.status,
      [semconv.ATTR_URL_SCHEME]: proxyRequest.target.scheme,
      [ATTR_LOCATION_KIND]: proxyRequest.kind,
      [ATTR_LOCATION_RULE]: proxyRequest.rule,
      ...(proxyRequest.failure && { [semconv.ATTR_ERROR_TYPE]: proxyRequest.failure }),
    };
    duration.record(proxyRequest.durationMs / 1000, attributes);
    bytes.record(proxyRequest.bodyBytes, attributes);
    if (proxyRequest.upstreamMs !== undefined) {
      upstream.record(proxyRequest.upstreamMs / 1000, { ...attributes, [semconv.ATTR_URL_SCHEME]: 'http' });
    }
  };
}
