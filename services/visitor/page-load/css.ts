// What a style sheet names: `@import` and `url()`, found by a tokenizer (CSS Syntax 3), so that comments and strings name nothing.

import { TokenType, tokenize } from '@csstools/css-tokenizer';
import { type NamedResource, resource } from './resource.ts';

const FONT = /\.(?:woff2?|ttf|otf)(?:[?#]|$)/i;

/** The resources that the style sheet `css` at `base` names, in order. A browser fetches of these only what a rule that applies uses. */
export function resourcesInCss(css: string, base: string): NamedResource[] {
  const found: NamedResource[] = [];
  let isImport = false;
  let isUrl = false;
  for (const [type, , , , value] of tokenize({ css })) {
    const hasText = type === TokenType.URL || (type === TokenType.String && (isImport || isUrl));
    if (hasText) {
      const address = (value as { value: string }).value;
      const [kind, priority] = isImport
        ? (['style', 'highest'] as const)
        : FONT.test(address)
          ? (['font', 'high'] as const)
          : (['image', 'low'] as const);
      // A fragment alone is a part of the same document, such as an SVG filter.
      if (!address.startsWith('#')) found.push(...resource(address, base, { kind, priority }));
    }
    if (type === TokenType.Whitespace || type === TokenType.Comment) continue;
    if (type === TokenType.AtKeyword) isImport = (value as { value: string }).value.toLowerCase() === 'import';
    else if (type === TokenType.Function) isUrl = /^(?:url|src)$/i.test((value as { value: string }).value);
    else {
      isUrl = false;
      isImport = false;
    }
  }
  return found;
}
