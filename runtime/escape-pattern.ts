/** `text` for a regular expression that matches it: as RegExp.escape, which Node 22 does not have. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
