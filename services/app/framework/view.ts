// The call of a view, and its span, with the file and line of the view.

import * as semconv from '@opentelemetry/semantic-conventions';
import { app } from '../../../otel/contract/index.ts';
import { startSpan } from '../../../otel/span.ts';
import type { Request } from './http/request.ts';
import type { Response } from './http/response.ts';
import type { Location } from './location.ts';
import { inStepSpan } from './outcome.ts';
import type { Match } from './urls/resolver.ts';

/** Calls the view of `match`, defined at `location`. Throws what it throws. */
export function callView({ view, params, name }: Match, request: Request, location: Location): Promise<Response> {
  const span = startSpan(app.view, {
    words: { name },
    attributes: {
      [semconv.ATTR_CODE_FUNCTION_NAME]: location.functionName,
      [semconv.ATTR_CODE_FILE_PATH]: location.file,
      [semconv.ATTR_CODE_LINE_NUMBER]: location.line,
    },
  });
  return inStepSpan(span, () => view(request, params));
}
