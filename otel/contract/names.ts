// Attribute names that are ours (waybill.*), and OpenTelemetry's own that are not stable yet, which its package asks
// its users to copy. Stable names come from @opentelemetry/semantic-conventions.

export const ATTR_BODY_SIZE = 'http.request.body.size';
export const ATTR_RESPONSE_BODY_SIZE = 'http.response.body.size';
export const ATTR_DNS_ANSWERS = 'dns.answers';
export const ATTR_DNS_QUESTION_NAME = 'dns.question.name';
export const ATTR_DB_RESPONSE_RETURNED_ROWS = 'db.response.returned_rows';
export const ATTR_DB_AFFECTED_ROWS = 'waybill.db.affected_rows';
export const ATTR_FAULT = 'waybill.fault';
export const ATTR_FILE_PATH = 'file.path';
export const ATTR_FILE_SIZE = 'file.size';
export const ATTR_MESSAGING_DESTINATION_NAME = 'messaging.destination.name';
export const ATTR_MESSAGING_MESSAGE_ID = 'messaging.message.id';
export const ATTR_MESSAGING_OPERATION_NAME = 'messaging.operation.name';
export const ATTR_MESSAGING_OPERATION_TYPE = 'messaging.operation.type';
export const ATTR_MESSAGING_SYSTEM = 'messaging.system';
export const ATTR_PROCESS_PID = 'process.pid';

export const ATTR_CICD_PIPELINE_ACTION_NAME = 'cicd.pipeline.action.name';
export const ATTR_CICD_PIPELINE_NAME = 'cicd.pipeline.name';
export const ATTR_CICD_PIPELINE_RESULT = 'cicd.pipeline.result';
export const ATTR_CICD_PIPELINE_RUN_ID = 'cicd.pipeline.run.id';
export const ATTR_CICD_PIPELINE_TASK_NAME = 'cicd.pipeline.task.name';
export const ATTR_CICD_PIPELINE_TASK_RUN_ID = 'cicd.pipeline.task.run.id';
export const ATTR_CICD_PIPELINE_TASK_RUN_RESULT = 'cicd.pipeline.task.run.result';
export const ATTR_CICD_PIPELINE_TASK_TYPE = 'cicd.pipeline.task.type';
export const ATTR_DEPLOYMENT_ID = 'deployment.id';
export const ATTR_DEPLOYMENT_STATUS = 'deployment.status';
export const ATTR_TEST_CASE_NAME = 'test.case.name';
export const ATTR_TEST_CASE_RESULT_STATUS = 'test.case.result.status';
export const ATTR_TEST_SUITE_NAME = 'test.suite.name';
export const ATTR_VCS_REF_BASE_REVISION = 'vcs.ref.base.revision';
export const ATTR_VCS_REF_HEAD_NAME = 'vcs.ref.head.name';
export const ATTR_VCS_REF_HEAD_REVISION = 'vcs.ref.head.revision';
export const ATTR_VCS_REPOSITORY_URL_FULL = 'vcs.repository.url.full';

export const ATTR_TLS_CIPHER = 'tls.cipher';
export const ATTR_TLS_CLIENT_SERVER_NAME = 'tls.client.server_name';
export const ATTR_TLS_CURVE = 'tls.curve';
export const ATTR_TLS_ESTABLISHED = 'tls.established';
export const ATTR_TLS_NEXT_PROTOCOL = 'tls.next_protocol';
export const ATTR_TLS_PROTOCOL_VERSION = 'tls.protocol.version';
export const ATTR_TLS_RESUMED = 'tls.resumed';
export const ATTR_TLS_SERVER_ISSUER = 'tls.server.issuer';
export const ATTR_TLS_SERVER_NOT_AFTER = 'tls.server.not_after';
export const ATTR_TLS_SERVER_NOT_BEFORE = 'tls.server.not_before';
export const ATTR_TLS_SERVER_SUBJECT = 'tls.server.subject';

export const ATTR_CACHE = 'waybill.cache';
export const ATTR_CACHE_RULE = 'waybill.cache.rule';
export const ATTR_CACHE_SAVED_BYTES = 'waybill.cache.saved_bytes';
export const ATTR_CACHE_SAVED_MS = 'waybill.cache.saved_ms';
export const ATTR_CONNECTION = 'waybill.connection';
export const ATTR_CONNECTION_NUMBER = 'waybill.connection.number';
export const ATTR_CPU_WAIT = 'waybill.cpu.wait';
export const ATTR_EVENT_LOOP_ACTIVE = 'waybill.event_loop.active';
export const ATTR_GC_PAUSE = 'waybill.gc.pause';
export const ATTR_HTTP_REQUEST_HEAD = 'waybill.http.request.head';
export const ATTR_HTTP_RESPONSE_HEAD = 'waybill.http.response.head';
export const ATTR_HTTP_RESPONSE_DECODED_SIZE = 'waybill.http.response.decoded_size';
export const ATTR_LEARNER = 'waybill.learner';
/** A learner who is named by baggage that came with a request, and is not this lab's. */
export const ATTR_BAGGAGE_LEARNER = 'waybill.baggage.learner';
/** On a link: the trace that it leads to, by which a search finds who links to a trace. */
export const ATTR_LINK_TRACE = 'waybill.link.trace_id';
export const ATTR_LOOKUP = 'waybill.lookup';
export const ATTR_PAGE_BYTES = 'waybill.page.bytes';
export const ATTR_PAGE_NOT_FETCHED = 'waybill.page.not_fetched';
export const ATTR_PAGE_NOT_FETCHED_COUNT = 'waybill.page.not_fetched.count';
export const ATTR_PAGE_REQUESTS = 'waybill.page.requests';
export const ATTR_PAGE_RESOURCES = 'waybill.page.resources';
export const ATTR_PAGE_SAVED_BYTES = 'waybill.page.saved_bytes';
export const ATTR_PROXY_HEADER = 'waybill.proxy_header';
export const ATTR_RESOURCE_INITIATOR = 'waybill.resource.initiator';
export const ATTR_RESOURCE_KIND = 'waybill.resource.kind';
export const ATTR_RESOURCE_NOTE = 'waybill.resource.note';
export const ATTR_RESOURCE_PRIORITY = 'waybill.resource.priority';
export const ATTR_HSTS = 'waybill.hsts';
export const ATTR_TLS_MODE = 'waybill.tls.mode';
export const ATTR_LESSON = 'waybill.lesson';
export const ATTR_SCENARIO = 'waybill.scenario';
export const ATTR_SET = 'waybill.set';
export const ATTR_SET_INDEX = 'waybill.set.index';
export const ATTR_SET_START = 'waybill.set.start';
export const ATTR_SET_VISIT = 'waybill.set.visit';
export const ATTR_TLS_CHAIN = 'waybill.tls.chain';
export const ATTR_TLS_CLIENT_HELLO = 'waybill.tls.client_hello';
export const ATTR_TLS_ROUND_TRIPS = 'waybill.tls.round_trips';
export const ATTR_TLS_SERVER_HELLO = 'waybill.tls.server_hello';
export const ATTR_ROUTE = 'waybill.route';

export const ATTR_DNS_ANSWER_KIND = 'waybill.dns.answer_kind';
export const ATTR_DNS_CACHE = 'waybill.dns.cache';
export const ATTR_DNS_MESSAGE_QUERY = 'waybill.dns.message.query';
export const ATTR_DNS_MESSAGE_REPLY = 'waybill.dns.message.reply';
export const ATTR_DNS_QUESTION_TYPE = 'waybill.dns.question.type';
export const ATTR_DNS_RESPONSE_CODE = 'waybill.dns.response_code';
export const ATTR_DNS_SERVER_IP = 'waybill.dns.server_ip';
export const ATTR_DNS_TTL = 'waybill.dns.ttl';
export const ATTR_DNS_ZONE = 'waybill.dns.zone';

export const ATTR_BODY_KEPT = 'waybill.body.kept';

export const ATTR_FILE_CACHE_CONTROL = 'waybill.file.cache_control';
export const ATTR_FILE_ENCODING = 'waybill.file.encoding';
export const ATTR_FILE_OUTCOME = 'waybill.file.outcome';
export const ATTR_FILE_SOURCE = 'waybill.file.source';
export const ATTR_LOCATION_KIND = 'waybill.location.kind';
export const ATTR_LOCATION_OUTCOME = 'waybill.location.outcome';
export const ATTR_LOCATION_REASON = 'waybill.location.reason';
export const ATTR_LOCATION_RULE = 'waybill.location.rule';

export const ATTR_ROUTER_COST = 'waybill.router.cost';
export const ATTR_ROUTER_HOPS_LEFT = 'waybill.router.hops_left';
export const ATTR_ROUTER_LINK_DELAY = 'waybill.router.link_delay';
export const ATTR_ROUTER_NEXT_HOP = 'waybill.router.next_hop';
export const ATTR_ROUTER_WHY = 'waybill.router.why';

export const ATTR_QUEUE_DEPTH = 'waybill.queue.depth';
export const ATTR_QUEUE_OUTCOME = 'waybill.queue.outcome';
export const ATTR_QUEUE_WAIT = 'waybill.queue.wait_ms';
export const ATTR_OWN_APP = 'waybill.own_app';
export const ATTR_WORKER_ID = 'waybill.worker.id';
export const ATTR_WORKER_PID = 'waybill.worker.pid';
export const ATTR_WORKER_STATE = 'waybill.worker.state';

export const ATTR_ANSWERED_BY = 'waybill.answered_by';
export const ATTR_MIDDLEWARE = 'waybill.middleware';
export const ATTR_MIDDLEWARE_PHASE = 'waybill.middleware.phase';
export const ATTR_PATTERN = 'waybill.pattern';
export const ATTR_PATTERN_OUTCOME = 'waybill.pattern.outcome';
export const ATTR_PERMISSION_ALLOWED = 'waybill.permission.allowed';
export const ATTR_PERMISSION_REASON = 'waybill.permission.reason';
export const ATTR_RAISED = 'waybill.raised';
export const ATTR_TASK_ATTEMPT = 'waybill.task.attempt';
export const ATTR_TEMPLATE_NAME = 'waybill.template.name';
export const ATTR_USER_NAME = 'user.name';

export const ATTR_VISIT_TRACE = 'waybill.visit.trace_id';
