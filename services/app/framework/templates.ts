// Templates: Nunjucks, whose language is nearly Django's; everything is escaped unless it is marked safe.
// A template is compiled once. It can also call url(name, pk=1), static(file) and csrf_token().

import { join } from 'node:path';
import nunjucks from '@11ty/nunjucks';
import { app } from '../../../otel/contract/index.ts';
import { ATTR_TEMPLATE_NAME } from '../../../otel/contract/names.ts';
import { inSpan } from '../../../otel/span.ts';
import type { Request } from './http/request.ts';
import { CSRF_FIELD } from './middleware/csrf.ts';
import type { Settings } from './settings.ts';
import type { Params } from './urls/path.ts';
import { reverse } from './urls/reverse.ts';

/** The framework's own: error pages and form fields. */
export const FRAMEWORK_TEMPLATES = join(import.meta.dirname, 'templates');

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

  /** Renders the template `name`. Throws when it does not exist or fails. */
  render(request: Request, name: string, context: object): string {
    const template = this.#environment.getTemplate(name, true);
    return inSpan(app.template, { words: { name }, attributes: { [ATTR_TEMPLATE_NAME]: name } }, () =>
      template.render({
        ...this.#settings.context(request),
        ...context,
        url: (pattern: string, params?: Params) => reverse(request.site.urls, pattern, withoutMarker(params)),
        csrf_token: () => csrfField(request.csrf.token()),
      }),
    );
  }
}

/** Nunjucks marks keyword arguments (`pk=1`) with a key of its own. */
function withoutMarker({ __keywords, ...params }: Params = {}): Params {
  return params;
}

/** `token` needs no escaping: it is alphanumeric. */
function csrfField(token: string) {
  return new nunjucks.runtime.SafeString(`<input type="hidden" name="${CSRF_FIELD}" value="${token}">`);
}
