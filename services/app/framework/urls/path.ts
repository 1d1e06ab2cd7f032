// One line of a list of patterns: path('jobs/<int:pk>/', jobDetail, 'job_detail'), include.
// A pattern is compiled once, at start.

import { escapePattern } from '../../../../runtime/escape-pattern.ts';
import type { Request } from '../http/request.ts';
import type { Response } from '../http/response.ts';
import { type Converter, converterNamed } from './converters.ts';

/** The values of a pattern's converters: `{pk: 1}`. */
export type Params = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: a view declares the parameters of its pattern
export type View = (request: Request, params: any) => Response | Promise<Response>;

export type MatchResult = { params: Params; length: number } | { mismatch: string };

type Node = {
  /** As in the list: `jobs/<int:pk>/`. */
  pattern: string;
  /** Matches the beginning of `rest` (for a view: all of it), or gives the reason why not. */
  match: (rest: string) => MatchResult;
  /** Writes the path; undefined if `params` do not fit. */
  write: (params: Params) => { path: string; used: string[] } | undefined;
};

export type Route = Node & { view: View; name: string };
export type Include = Node & { children: readonly UrlNode[] };
export type UrlNode = Route | Include;

/** A pattern with converters, for a view; `reverse` finds it by its name. */
export function path(pattern: string, view: View, name: string): Route {
  return { ...compilePattern(pattern, true), view, name };
}

/** Puts a list of patterns below a prefix. */
export function include(prefix: string, children: readonly UrlNode[]): Include {
  return { ...compilePattern(prefix, false), children };
}

type Piece = { literal: string } | { name: string; text: string; converter: Converter; expression: RegExp };

function compilePattern(pattern: string, isWhole: boolean): Node {
  const pieces = parsePieces(pattern);
  const source = (upTo: number) =>
    `^${pieces
      .slice(0, upTo)
      .map((piece) =>
        'literal' in piece ? escapePattern(piece.literal) : `(?<${piece.name}>${piece.converter.regex})`,
      )
      .join('')}`;
  const expression = new RegExp(source(pieces.length) + (isWhole ? '$' : ''), 'u');
  const beginnings = pieces.map((_, index) => new RegExp(source(index + 1), 'u'));

  return {
    pattern,
    match(rest) {
      const match = expression.exec(rest);
      if (!match) return { mismatch: mismatchOf(rest, pieces, beginnings) };
      const params: Params = Object.create(null);
      for (const piece of pieces) {
        if ('literal' in piece) continue;
        const text = match.groups?.[piece.name] ?? '';
        params[piece.name] = piece.converter.toValue(text);
        if (params[piece.name] === undefined) return { mismatch: `${piece.text} does not take "${text}"` };
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
          if (!piece.expression.test(text)) return undefined;
          path += text.split('/').map(encodeURIComponent).join('/');
          used.push(piece.name);
        }
      }
      return { path, used };
    },
  };
}

function parsePieces(pattern: string): Piece[] {
  return pattern
    .split(/(<[^>]*>)/)
    .filter((text) => text !== '')
    .map((text) => {
      if (!text.startsWith('<')) return { literal: text };
      const match = /^<(?:(?<converter>\w+):)?(?<name>[a-zA-Z_]\w*)>$/.exec(text);
      if (!match?.groups)
        throw new Error(`The pattern "${pattern}" is malformed at ${text}: expected <converter:name>.`);
      const { converter: kind = 'str', name = '' } = match.groups;
      const converter = converterNamed(kind);
      return { name, text, converter, expression: new RegExp(`^(?:${converter.regex})$`, 'u') };
    });
}

/** Why a pattern does not match: the first piece that the path does not have. */
function mismatchOf(rest: string, pieces: Piece[], beginnings: RegExp[]): string {
  const failed = beginnings.findIndex((beginning) => !beginning.test(rest));
  if (failed === -1) return 'the path goes on';
  const piece = pieces[failed] as Piece;
  const expected = 'literal' in piece ? `"${piece.literal}"` : piece.text;
  return failed === 0 ? `the path does not begin with ${expected}` : `${expected} does not follow`;
}
