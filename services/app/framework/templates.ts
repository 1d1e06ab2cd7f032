// Templates: Nunjucks, whose language is Django's in all but details; everything is escaped unless it is marked safe.
// Files are compiled once. A template can also call url(name, pk=1), static(file) and csrf_token().

import nunjucks from '@11ty/nunjucks';
import { app } from '../../../otel/contract/index.ts';
import { ATTR_TEMPLATE_NAME } from '../../../otel/contract/names.ts';
import { inSpan } from '../../../otel/span.ts';
import type { Request } from './http/request.ts';
import { CSRF_FIELD } from './middleware/csrf.ts';
import type { Settings } from './settings.ts';
import type { Params } from './urls/path.ts';
import { reverse } from './urls/reverse.ts';

/** The templates of an application. */
export class Templates {
  readonly #environment: nunjucks.Environment;
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#environment = new nunjucks.Environment(new nunjucks.FileSystemLoader([...settings.templates]), {
      autoescape: true,
    });
    this.#environment.addGlobal('static', settings.staticUrl);
  }

  /** Fills in the template `name`. Throws when it is not there or wrong. */
  render(request: Request, name: string, context: object): string {
    const template = this.#environment.getTemplate(name, true);
    return inSpan(app.template, { words: { name }, attributes: { [ATTR_TEMPLATE_NAME]: name } }, () =>
      template.render({
        ...this.#settings.context(request),
        ...context,
        url: (pattern: string, params?: Params) => reverse(request.site.urls, pattern, withoutMark(params)),
        csrf_token: () => hiddenField(CSRF_FIELD, request.csrf.token()),
      }),
    );
  }
}

/** Nunjucks marks what came as keywords (`pk=1`) with a key of its own. */
function withoutMark({ __keywords, ...params }: Params = {}): Params {
  return params;
}

/** `value` is made of letters and digits. */
function hiddenField(name: string, value: string) {
  return new nunjucks.runtime.SafeString(`<input type="hidden" name="${name}" value="${value}">`);
}
