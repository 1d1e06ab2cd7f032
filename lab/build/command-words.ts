// How a command is typed: `npm run -s fire static -- --json` in a checkout, for which all texts are written; with the package
// `waybill fire static --json`. The build writes the latter into what it bundles, and into the lessons.

/** A command with what follows it on its line, up to the next one or the end of its quotation. */
const TYPED = /npm (?:start\b|run (?:-s )?(?=[\w<]))(?:(?!npm (?:start|run)\b)[^\n`])*/g;

/** A block of a lesson that runs one of its programs. */
const RUNS_PROGRAM = /^```sh\n(?=(?:(?!```)[\s\S])*lessons\/programs)/gm;

/** A lesson as it is read with the package, which has laid its programs into the lab's home. */
export function lessonAsTyped(text: string): string {
  return asTyped(text).replace(RUNS_PROGRAM, '```sh\ncd ~/.waybill\n');
}

/** `text` with the lab's commands as they are typed with the package. */
export function asTyped(text: string): string {
  return text.replace(TYPED, (typed) => {
    const short = typed.replace(/^npm (?:start|run(?: -s)?)/, 'waybill').replaceAll(/ (\[?)-- /g, ' $1');
    // What stands behind it in a column stays there.
    return short.replace(/ {2,}(?=\S)/, (gap) => gap + ' '.repeat(typed.length - short.length));
  });
}
