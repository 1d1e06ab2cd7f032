// Why a page can be refused or fail: what its error page is called and what it advises.

import { defineFailures } from '../../runtime/failures.ts';

export const FAILURES = defineFailures({
  bad_request: {
    status: 400,
    title: 'Bad request',
    fix: 'Check the address: its host must be one of the sites, its path UTF-8 in percent-encoding.',
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    fix: 'Read the reason in the trace: who you are, or which page the form came from, does not allow it.',
  },
  not_found: {
    status: 404,
    title: 'Page not found',
    fix: 'Compare the address with the patterns that were tried.',
  },
  method_not_allowed: { status: 405, title: 'Method not allowed', fix: 'Ask in a way that the page takes.' },
  too_long: { status: 413, title: 'Too long', fix: 'Send less; see WAYBILL_MAX_BODY.' },
  not_a_form: { status: 415, title: 'Not a form', fix: 'Send fields as application/x-www-form-urlencoded.' },
  server_error: {
    status: 500,
    title: 'Server error',
    fix: 'Look at the trace: the span in red says what failed. The log of this worker has the stack trace.',
  },
});
