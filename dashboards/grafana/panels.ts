// What the dashboards show: one table of panels for each, each with its queries (PromQL) and what to see in them.
// `npm run docs` makes dashboards/*.json of it (build.ts); tests/dashboards.test.ts holds the queries against metrics of a lab.

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
/** The spans that stand for a hop: whoever was asked. */
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
        description: 'Each hop sees what the one before it handed on: a static file ends at the proxy.',
        unit: 'reqps',
        queries: [{ expr: `sum by (service_name) (${rate(`${CALLS}{${HOPS}}`)})`, legend: '{{service_name}}' }],
      },
      {
        title: 'Errors, as a share of requests',
        description: 'Where it begins is where to look: hops before it only pass it on.',
        unit: 'percentunit',
        queries: [
          {
            expr: `sum by (service_name) (${rate(`${CALLS}{${HOPS},status_code="STATUS_CODE_ERROR"}`)}) / sum by (service_name) (${rate(`${CALLS}{${HOPS}}`)})`,
            legend: '{{service_name}}',
          },
        ],
      },
      {
        title: 'How long each hop took (95 of 100 were quicker)',
        description: 'A point is one request: it leads to its trace.',
        unit: 's',
        queries: [{ expr: quantile(0.95, `${DURATION}{${HOPS}}`, 'service_name'), legend: '{{service_name}}' }],
      },
      {
        title: 'Static beside dynamic, at the web server (median)',
        description: 'The same web server: once from its shelf, once through gateway, worker and database.',
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
        title: 'Questions a second, by memory',
        description: 'hit: remembered; partial: some of the way was; miss: asked from the root on.',
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
        description: 'NXDOMAIN: nobody has the name. SERVFAIL: who should know did not answer.',
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
        description: 'A remembered name costs next to nothing; the tail is what had to be asked for.',
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
        description: 'Time in which nothing was done for the request.',
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
        description: 'idle, busy, suspect (an answer is owed), draining (it ends after this one), dead.',
        unit: 'short',
        queries: [{ expr: 'sum by (waybill_worker_state) (waybill_workers)', legend: '{{waybill_worker_state}}' }],
      },
      {
        title: 'Attempts that failed, and workers that came back',
        description: 'A worker that dies fails one attempt; the request is given to another one.',
        unit: 'reqps',
        queries: [
          { expr: `sum by (error_type) (${rate('waybill_attempt_failures_total')})`, legend: '{{error_type}}' },
          { expr: `sum(${rate('waybill_worker_restarts_total')})`, legend: 'came back' },
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
        title: 'Spans that were lost on their way',
        description: 'Nothing here is as it should be. A Jaeger that is away fills the queue first.',
        unit: 'short',
        queries: [
          { expr: 'sum(rate(otelcol_exporter_send_failed_spans[$__rate_interval]))', legend: 'not sent' },
          { expr: 'sum(rate(otelcol_receiver_refused_spans[$__rate_interval]))', legend: 'refused' },
          { expr: 'sum(otelcol_exporter_queue_size)', legend: 'exports that wait on disk' },
        ],
      },
      {
        title: 'How busy each service is (event loop)',
        description: 'Compare with OTEL_SDK_DISABLED=true: the difference is what tracing costs.',
        unit: 'percentunit',
        queries: [{ expr: 'max by (job) (nodejs_eventloop_utilization_ratio)', legend: '{{job}}' }],
      },
      {
        title: 'Memory of each service (heap in use)',
        description: 'Steady, or a saw: what only grows is a leak.',
        unit: 'bytes',
        queries: [{ expr: 'sum by (job) (v8js_memory_heap_used_bytes)', legend: '{{job}}' }],
      },
    ],
  },
];
