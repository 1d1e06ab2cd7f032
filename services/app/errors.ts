// Why a page can be refused or fail: by HTTP status, what its error page is called and what it advises.

/** Each failure: its title, and what to do. */
export const FAILURES = {
  400: ['Bad request', 'Check the address: its host must be one of the sites, its path UTF-8 in percent-encoding.'],
  403: ['Forbidden', 'Read the reason in the trace: who you are, or which page the form came from, does not allow it.'],
  404: ['Page not found', 'Compare the address with the patterns that were tried.'],
  405: ['Method not allowed', 'Ask in a way that the page takes.'],
  413: ['Too long', 'Send less; see WAYBILL_MAX_BODY.'],
  415: ['Not a form', 'Send fields as application/x-www-form-urlencoded.'],
  500: [
    'Server error',
    'Look at the trace: the span in red says what failed. The log of this worker has the stack trace.',
  ],
} as const satisfies Record<number, readonly [title: string, todo: string]>;
