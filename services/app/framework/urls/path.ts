// One line of a list of patterns: path('jobs/<int:pk>/', jobDetail, 'job_detail'), re_path, include.
// A pattern is read once, at start; a request only runs what it was read into.

import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';
import { type Converter, converterNamed } from './converters.ts';

/** What a pattern's converters made of the path: `{pk: 1}`. */
export type Params = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: a view says itself which parameters its pattern gives it
export type View = (request: Request, params: any) => Response | Promise<Response>;

export type Taken = { params: Params; length: number } | { why: string };

type Node = {
  /** As written: `jobs/<int:pk>/`. */
  pattern: string;
  /** Matches the beginning of `rest` (for a view: all of it), or says why not. */
  take: (rest: string) => Taken;
  /** Writes the path back; undefined if `params` are not the ones that it needs. */
  write: (params: Params) => { path: string; used: string[] } | undefined;
};

export type Route = Node & { view: View; name: string };
export type Include = Node & { children: readonly UrlNode[] };
export type UrlNode = Route | Include;

/** A pattern with converters, for a view; its name is what `reverse` finds it by. */
export function path(pattern: string, view: View, name: string): Route {
  return { ...readPattern(pattern, true), view, name };
}

/** Puts a list of patterns below a prefix. */
export function include(prefix: string, children: readonly UrlNode[]): Include {
  return { ...readPattern(prefix, false), children };
}

/** A pattern that is a regular expression; its named groups are the parameters, as text. It cannot be reversed. */
export function rePath(expression: RegExp, view: View, name: string): Route {
  const { source } = expression;
  return {
    pattern: source,
    view,
    name,
    take(rest) {
      const match = expression.exec(rest);
      return match ? { params: { ...match.groups }, length: rest.length } : { why: 'the expression does not fit' };
    },
    write: () => undefined,
  };
}

type Piece = { literal: string } | { name: string; written: string; converter: Converter; whole: RegExp };

function readPattern(pattern: string, whole: boolean): Node {
  const pieces = readPieces(pattern);
  const source = (upTo: number) =>
    `^${pieces
      .slice(0, upTo)
      .map((piece) =>
        'literal' in piece ? RegExp.escape(piece.literal) : `(?<${piece.name}>${piece.converter.regex})`,
      )
      .join('')}`;
  const expression = new RegExp(source(pieces.length) + (whole ? '$' : ''), 'u');
  const beginnings = pieces.map((_, index) => new RegExp(source(index + 1), 'u'));

  return {
    pattern,
    take(rest) {
      const match = expression.exec(rest);
      if (!match) return { why: whyNot(rest, pieces, beginnings) };
      const params: Params = Object.create(null);
      for (const piece of pieces) {
        if ('literal' in piece) continue;
        const text = match.groups?.[piece.name] ?? '';
        params[piece.name] = piece.converter.toValue(text);
        if (params[piece.name] === undefined) return { why: `${piece.written} does not take "${text}"` };
      }
      return { params, length: match[0].length };
    },
    write(params) {
      const used: string[] = [];
      let path = '';
      for (const piece of pieces) {
        if ('literal' in piece) path += piece.literal;
        else {
          const text = Object.hasOwn(params, piece.name) ? piece.converter.toText(params[piece.name]) : '';
          if (!piece.whole.test(text)) return undefined;
          path += text.split('/').map(encodeURIComponent).join('/');
          used.push(piece.name);
        }
      }
      return { path, used };
    },
  };
}

function readPieces(pattern: string): Piece[] {
  return pattern
    .split(/(<[^>]*>)/)
    .filter((text) => text !== '')
    .map((text) => {
      if (!text.startsWith('<')) return { literal: text };
      const match = /^<(?:(?<converter>\w+):)?(?<name>[a-zA-Z_]\w*)>$/.exec(text);
      if (!match?.groups) throw new Error(`The pattern "${pattern}" is wrong at ${text}; it takes <converter:name>.`);
      const { converter: kind = 'str', name = '' } = match.groups;
      const converter = converterNamed(kind);
      return { name, written: text, converter, whole: new RegExp(`^(?:${converter.regex})$`, 'u') };
    });
}

/** Why a pattern does not fit: the first piece that the path does not have. */
function whyNot(rest: string, pieces: Piece[], beginnings: RegExp[]): string {
  const failed = beginnings.findIndex((beginning) => !beginning.test(rest));
  if (failed === -1) return 'the path goes on';
  const piece = pieces[failed] as Piece;
  const written = 'literal' in piece ? `"${piece.literal}"` : piece.written;
  return failed === 0 ? `the path does not begin with ${written}` : `${written} does not follow`;
}
