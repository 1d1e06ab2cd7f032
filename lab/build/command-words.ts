// How a command is typed: `npm run -s fire static -- --json` in a checkout, for which all texts are written; with the package
// `waybill fire static --json`. The build writes the latter into what it bundles, and into the lessons.

const TYPED = /npm (?:run (?:-s )?(?=[\w<])((?:(?!npm (?:run|start)\b)[^\n`|()])*)|start\b)/g;

/** `text` with the lab's commands as they are typed with the package. */
export function asTyped(text: string): string {
  return text.replace(TYPED, (typed: string, words: string | undefined) => {
    if (words === undefined) return 'waybill';
    const short = `waybill ${words.replace(/ (\[?)-- /, ' $1')}`;
    // What stands behind it in a column stays there.
    return short.replace(/ {2,}(?=\S)/, (gap) => gap + ' '.repeat(Math.max(0, typed.length - short.length)));
  });
}
