// Answers that a view or middleware gives by throwing. They are outcomes, not failures: the trace shows them, not in red.

/** Ends the request with `status`; the message is shown to whoever asked. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = new.target.name;
    this.status = status;
    this.headers = headers;
  }
}

/** Whether `error` says that somebody's signal ended the work: nobody waits for the answer any more. An outcome as well. */
export function isAbort(error: unknown): error is Error {
  return error instanceof Error && error.name === 'AbortError';
}

/** 400: the request makes no sense. */
export class BadRequest extends HttpError {
  constructor(message: string) {
    super(400, message);
  }
}

/** 403: not allowed. */
export class PermissionDenied extends HttpError {
  constructor(message: string) {
    super(403, message);
  }
}

/** 404: there is no such thing. */
export class NotFound extends HttpError {
  constructor(message: string) {
    super(404, message);
  }
}

/** 405: the page takes other methods. */
export class MethodNotAllowed extends HttpError {
  constructor(allowed: readonly string[]) {
    super(405, `This page takes ${allowed.join(', ')}.`, { allow: allowed.join(', ') });
  }
}
