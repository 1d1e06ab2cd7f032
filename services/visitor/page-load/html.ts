// What an HTML document names, in its order, as a browser's preload scanner finds it: by tokens alone, without running scripts. The
// content of noscript and template is not looked at.

import { Parser } from 'htmlparser2';
import { resourcesInCss } from './css.ts';
import { type NamedResource, type Priority, type ResourceKind, resource } from './resource.ts';

/** The hidden fields of each form, by its action. */
type Forms = Map<string, Record<string, string>>;

const PRELOADED: Readonly<Record<string, [ResourceKind, Priority]>> = {
  style: ['style', 'highest'],
  script: ['script', 'high'],
  font: ['font', 'high'],
  image: ['image', 'low'],
};

/** The resources and the forms of the document `html` at `url`. */
export function readHtml(html: string, url: string): { resources: NamedResource[]; forms: Forms } {
  const resources: NamedResource[] = [];
  const forms: Forms = new Map();
  let base = url;
  let isBaseSet = false;
  let inertDepth = 0;
  let form: Record<string, string> | undefined;
  let css: string | undefined;
  const add = (address: string | undefined, kind: ResourceKind, priority: Priority) => {
    resources.push(...resource(address ?? '', base, { kind, priority }));
  };
  const tags: Readonly<Record<string, (attributes: Record<string, string>) => void>> = {
    base({ href }) {
      if (href !== undefined && !isBaseSet) base = URL.parse(href, url)?.href ?? base;
      isBaseSet ||= href !== undefined;
    },
    link({ rel = '', href, as = '', disabled }) {
      const words = new Set(rel.toLowerCase().split(/\s+/));
      if (words.has('stylesheet')) {
        if (!words.has('alternate') && disabled === undefined) add(href, 'style', 'highest');
      } else if (words.has('icon')) add(href, 'icon', 'lowest');
      else if (words.has('modulepreload')) add(href, 'script', 'high');
      else if (words.has('preload')) add(href, ...(PRELOADED[as.toLowerCase()] ?? (['other', 'low'] as const)));
    },
    script({ src, type = '', async, defer, nomodule }) {
      if (
        !/^(?:module|(?:text|application)\/(?:x-)?(?:java|ecma)script)?$/i.test(type.trim()) ||
        nomodule !== undefined
      )
        return;
      const isLater = async !== undefined || defer !== undefined || type === 'module';
      add(src, 'script', isLater ? 'low' : 'high');
    },
    img({ src, srcset = '' }) {
      add(/^[\s,]*(\S+?),*(?:\s|$)/.exec(srcset)?.[1] ?? src, 'image', 'low');
    },
    style() {
      css = '';
    },
    form({ action = '' }) {
      form = {};
      const target = URL.parse(action, base);
      if (target) forms.set(target.href, form);
    },
    input({ type = '', name, value = '' }) {
      if (form && type.toLowerCase() === 'hidden' && name) form[name] = value;
    },
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'noscript' || name === 'template') inertDepth++;
      if (inertDepth > 0) return;
      if (Object.hasOwn(tags, name)) tags[name]?.(attributes);
      if (attributes.style) resources.push(...resourcesInCss(attributes.style, base));
    },
    ontext(text) {
      if (css !== undefined) css += text;
    },
    onclosetag(name) {
      if (name === 'noscript' || name === 'template') inertDepth = Math.max(0, inertDepth - 1);
      if (name === 'form') form = undefined;
      if (name !== 'style' || css === undefined) return;
      resources.push(...resourcesInCss(css, base));
      css = undefined;
    },
  });
  parser.end(html);
  return { resources, forms };
}
