// Templates: LiquidJS, whose language is Django's in all but details, with everything escaped unless a template says `raw`.
// Files are read once; our own tags are {% url %}, {% static %} and {% csrf_token %}.

import {
  Hash,
  Liquid,
  type Context as Scope,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
  Value,
} from 'liquidjs';
import type { Request } from './http/request.ts';
import { CSRF_FIELD } from './middleware/csrf.ts';
import type { Settings } from './settings.ts';
import { templateSpan } from './spans.ts';
import { reverse } from './urls/reverse.ts';

/** The templates of an application. */
export class Templates {
  readonly #engine: Liquid;
  readonly #settings: Settings;
  readonly #parsed = new Map<string, Template[]>();

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#engine = new Liquid({
      root: [...settings.templates],
      outputEscape: 'escape',
      cache: true,
      ownPropertyOnly: true, // a template sees data, never the methods of what holds them
      strictFilters: true,
    });
    const { staticUrl } = settings;
    this.#engine.registerTag('url', UrlTag);
    this.#engine.registerTag('csrf_token', CsrfTokenTag);
    this.#engine.registerTag(
      'static',
      class extends ValueTag {
        write(_: Request, value: unknown) {
          return staticUrl(String(value));
        }
      },
    );
  }

  /** Fills in the template `name`. Throws when it is not there or wrong. */
  render(request: Request, name: string, context: object): string {
    const template = this.#parsed.get(name) ?? this.#engine.parseFileSync(name);
    this.#parsed.set(name, template);
    return templateSpan(name, () =>
      this.#engine.renderSync(template, { ...this.#settings.context(request), ...context }, { globals: { request } }),
    );
  }
}

/** A tag with one value: {% static 'style.css' %}. */
abstract class ValueTag extends Tag {
  readonly #value: Value;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    this.#value = new Value(token.args, liquid);
  }

  abstract write(request: Request, value: unknown): string;

  *render(scope: Scope): Generator<unknown, string, unknown> {
    const value = yield this.#value.value(scope);
    return escapeHtml(this.write(requestOf(scope), value));
  }
}

/** {% url 'job_detail' pk: job.id %} */
class UrlTag extends Tag {
  readonly #name: string;
  readonly #params: Hash;

  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    this.#name = /^'([\w]+)'/.exec(token.args)?.[1] ?? '';
    this.#params = new Hash(token.args.replace(/^'[\w]+'/, ''));
  }

  *render(scope: Scope): Generator<unknown, string, unknown> {
    const params = (yield this.#params.render(scope)) as Record<string, unknown>;
    return escapeHtml(reverse(requestOf(scope).site.urls, this.#name, params));
  }
}

/** {% csrf_token %}: the hidden field that a form must have. */
class CsrfTokenTag extends Tag {
  // biome-ignore lint/correctness/useYield: a tag's interface
  *render(scope: Scope): Generator<unknown, string, unknown> {
    return `<input type="hidden" name="${CSRF_FIELD}" value="${requestOf(scope).csrf.token()}">`;
  }
}

function requestOf(scope: Scope): Request {
  return (scope.globals as { request: Request }).request;
}

/** Text as it may stand in HTML, attributes included. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
