// The error pages: status, title, and what to do.

import { defineFailures } from '../../runtime/failures.ts';

export const FAILURES = defineFailures({
  bad_request: {
    status: 400,
    title: 'Bad request',
    fix: 'Check the address: the host must be one of the sites, the path percent-encoded UTF-8.',
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    fix: 'Sign in as a user with the permission, or send the form from its own page. The trace says the reason.',
  },
  not_found: {
    status: 404,
    title: 'Page not found',
    fix: 'Compare the address with the URL patterns; the urlresolver span of the trace lists them.',
  },
  method_not_allowed: { status: 405, title: 'Method not allowed', fix: 'Use a method that the Allow header lists.' },
  body_too_large: { status: 413, title: 'Request body too large', fix: 'Send less, or raise WAYBILL_MAX_BODY.' },
  not_a_form: {
    status: 415,
    title: 'Unsupported media type',
    fix: 'Send the form as application/x-www-form-urlencoded.',
  },
  queue_full: {
    status: 503,
    title: 'Service unavailable',
    fix: 'The task queue is full: try again when the background workers have done some of its tasks.',
  },
  server_error: {
    status: 500,
    title: 'Server error',
    fix: 'Open the trace: the red span says what failed. The log of this worker has the stack trace.',
  },
});
