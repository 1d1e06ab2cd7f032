// The command that starts the learner's app, read without a shell: words between blanks, quotes as in a shell, `$PORT`, and variables
// in front (DEBUG=1 python app.py). Nothing else is expanded.

import { LabError } from '../cli/command.ts';

export type CommandLine = { words: string[]; variables: Record<string, string> };

const SHELL_ONLY = /^(&&?|\|\|?|;|[0-9]?>{1,2}&?\d?|<)$/;

/** Whether `text` uses `$PORT`. */
export function usesPort(text: string): boolean {
  return /\$PORT\b|\$\{PORT\}/.test(text);
}

/** Reads `text`, with `port` for `$PORT`. Throws a LabError for an open quote, what only a shell does, and for no command. */
export function readCommandLine(text: string, port: number | undefined): CommandLine {
  const words = splitWords(port === undefined ? text : text.replaceAll(/\$PORT\b|\$\{PORT\}/g, String(port)));
  const variables: Record<string, string> = {};
  while (words[0] && /^[A-Za-z_]\w*=/.test(words[0])) {
    const [word = ''] = words.splice(0, 1);
    const at = word.indexOf('=');
    variables[word.slice(0, at)] = word.slice(at + 1);
  }
  if (words.length === 0) throw new LabError('--app: expected an address or a command, got neither.');
  return { words, variables };
}

function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [found, plain] of text.matchAll(/((?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s\\"'])+)|\S/gs)) {
    if (plain === undefined) throw new LabError(`--app: a quote or backslash is left open at: ${found}`);
    if (SHELL_ONLY.test(found) || /`|\$\(/.test(found)) {
      throw new LabError(
        `--app: the command is run without a shell, so ${found} has no meaning. Put it into a script and name that.`,
      );
    }
    words.push(
      found.replaceAll(
        /\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/gs,
        (_, one, double?: string, single?: string) => one ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? single ?? '',
      ),
    );
  }
  return words;
}
