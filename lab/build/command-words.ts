// How a command is typed: `npm run -s fire static -- --json` in a checkout, for which all texts are written; with the package
// `waybill fire static --json`. The build writes the latter into what it bundles, and into the lessons.

/** A command with what follows it on its line, up to the next one or the end of its quotation. */
const TYPED = /npm (?:start\b|run (?:-s )?(?=[\w<]))(?:(?!npm (?:start|run)\b)[^\n`])*/g;

/** `text` with the lab's commands as they are typed with the package. */
export function asTyped(text: string): string {
  return text.replace(TYPED, (typed) => {
    const short = typed.replace(/^npm (?:start|run(?: -s)?)/, 'waybill').replaceAll(/ (\[?)-- /g, ' $1');
    // What stands behind it in a column stays there.
    return short.replace(/ {2,}(?=\S)/, (gap) => gap + ' '.repeat(typed.length - short.length));
  });
}
