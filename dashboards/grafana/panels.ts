// The dashboards: for each a table of panels with their queries (PromQL) and what they show. `npm run docs` makes dashboards/*.json
// of it (build.ts); tests/dashboards.slow.test.ts runs the queries on metrics of a lab.

/** One line of a panel: its query, and its name in the legend, `{{label}}` filled in. */
export type Query = { expr: string; legend: string };

export type Panel = {
  title: string;
  /** What to see in it. */
  description: string;
  unit: 's' | 'reqps' | 'short' | 'percentunit' | 'bytes';
  queries: readonly Query[];
};

export type Board = { uid: string; title: string; panels: readonly Panel[] };

const CALLS = 'traces_span_metrics_calls_total';
const DURATION = 'traces_span_metrics_duration_seconds_bucket';
/** The spans of the hops. */
const HOPS = 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_INTERNAL",span_name=~"visit|resolve|forward|GET.*|POST.*"';
const rate = (metric: string) => `rate(${metric}[$__rate_interval])`;
const quantile = (share: number, metric: string, by: string) =>
  `histogram_quantile(${share}, sum by (le, ${by}) (${rate(metric)}))`;

export const BOARDS: readonly Board[] = [
  {
    uid: 'waybill-journey',
    title: 'The journey',
    panels: [
      {
        title: 'Requests a second, by hop',
        description: 'Each hop gets what the one before it passed on: a request for a static file ends at the proxy.',
        unit: 'reqps',
        queries: [{ expr: `sum by (service_name) (${rate(`${CALLS}{${HOPS}}`)})`, legend: '{{service_name}}' }],
      },
      {
        title: 'Errors, as a share of requests',
        description: 'Look at the last hop that has errors: those before it only pass them on.',
        unit: 'percentunit',
        queries: [
          {
            expr: `sum by (service_name) (${rate(`${CALLS}{${HOPS},status_code="STATUS_CODE_ERROR"}`)}) / sum by (service_name) (${rate(`${CALLS}{${HOPS}}`)})`,
            legend: '{{service_name}}',
          },
        ],
      },
      {
        title: 'How long each hop took (95 of 100 were faster)',
        description: 'Each point is one request and links to its trace.',
        unit: 's',
        queries: [{ expr: quantile(0.95, `${DURATION}{${HOPS}}`, 'service_name'), legend: '{{service_name}}' }],
      },
      {
        title: 'Static beside dynamic, at the web server (median)',
        description: 'The same web server: once from a file, once through gateway, worker and database.',
        unit: 's',
        queries: [
          {
            expr: quantile(0.5, 'http_server_request_duration_seconds_bucket', 'waybill_location_kind'),
            legend: '{{waybill_location_kind}}',
          },
        ],
      },
    ],
  },
  {
    uid: 'waybill-phonebook',
    title: 'The phonebook',
    panels: [
      {
        title: 'Lookups a second, by cache result',
        description:
          'hit: the answer was cached; partial: a name server on the way was; miss: looked up from the root.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (waybill_dns_cache) (${rate('waybill_dns_lookups_total')})`,
            legend: '{{waybill_dns_cache}}',
          },
        ],
      },
      {
        title: 'Replies a second, by code',
        description: 'NXDOMAIN: the name does not exist. SERVFAIL: a name server did not answer.',
        unit: 'reqps',
        queries: [
          {
            expr: `sum by (waybill_dns_response_code) (${rate('waybill_dns_queries_total')})`,
            legend: '{{waybill_dns_response_code}}',
          },
        ],
      },
      {
        title: 'How long a reply took',
        description: 'A cached name takes almost no time; the slow replies were looked up.',
        unit: 's',
        queries: [
          {
            expr: `histogram_quantile(0.5, sum by (le) (${rate('dns_lookup_duration_seconds_bucket')}))`,
            legend: 'median',
          },
          {
            expr: `histogram_quantile(0.99, sum by (le) (${rate('dns_lookup_duration_seconds_bucket')}))`,
            legend: '99 of 100',
          },
        ],
      },
    ],
  },
  {
    uid: 'waybill-gateway',
    title: 'The gateway',
    panels: [
      {
        title: 'Requests that wait for a worker',
        description: 'More than a few for long: too few workers, or workers that hang.',
        unit: 'short',
        queries: [{ expr: 'sum(waybill_queue_depth)', legend: 'waiting' }],
      },
      {
        title: 'How long they waited (95 of 100 waited less)',
        description: 'Time in which no process worked on the request.',
        unit: 's',
        queries: [
          {
            expr: quantile(0.95, 'waybill_queue_wait_seconds_bucket', 'waybill_queue_outcome'),
            legend: '{{waybill_queue_outcome}}',
          },
        ],
      },
      {
        title: 'Workers by state',
        description: 'idle, busy, suspect (a response is overdue), draining (it stops after this request), dead.',
        unit: 'short',
        queries: [{ expr: 'sum by (waybill_worker_state) (waybill_workers)', legend: '{{waybill_worker_state}}' }],
      },
      {
        title: 'Failed attempts, and workers that were restarted',
        description: 'A worker that crashes fails one attempt; the gateway retries the request on another worker.',
        unit: 'reqps',
        queries: [
          { expr: `sum by (error_type) (${rate('waybill_attempt_failures_total')})`, legend: '{{error_type}}' },
          { expr: `sum(${rate('waybill_worker_restarts_total')})`, legend: 'restarted' },
        ],
      },
    ],
  },
  {
    uid: 'waybill-tracing',
    title: 'Tracing itself',
    panels: [
      {
        title: 'Spans a second, by service',
        description: 'What a request costs in spans: a static one has half as many as a dynamic one.',
        unit: 'short',
        queries: [{ expr: `sum by (service_name) (${rate(CALLS)})`, legend: '{{service_name}}' }],
      },
      {
        title: 'Lost spans',
        description: 'Both should be 0. While Jaeger is not reachable, the queue grows first.',
        unit: 'short',
        queries: [
          { expr: 'sum(rate(otelcol_exporter_send_failed_spans[$__rate_interval]))', legend: 'not sent' },
          { expr: 'sum(rate(otelcol_receiver_refused_spans[$__rate_interval]))', legend: 'refused' },
          { expr: 'sum(otelcol_exporter_queue_size)', legend: 'exports queued on disk' },
        ],
      },
      {
        title: 'How busy each service is (event loop)',
        description: 'Compare with OTEL_SDK_DISABLED=true: the difference is the cost of tracing.',
        unit: 'percentunit',
        queries: [{ expr: 'max by (job) (nodejs_eventloop_utilization_ratio)', legend: '{{job}}' }],
      },
      {
        title: 'Memory of each service (heap in use)',
        description: 'Steady or up and down is normal; memory that only grows is a leak.',
        unit: 'bytes',
        queries: [{ expr: 'sum by (job) (v8js_memory_heap_used_bytes)', legend: '{{job}}' }],
      },
    ],
  },
];
