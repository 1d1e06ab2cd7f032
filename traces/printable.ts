// Foreign text made safe to show: a sender of spans could otherwise send commands to the terminal, or scripts to the page,
// that shows it.

/** What is obeyed rather than shown: C0, DEL and C1, line separators, what turns the direction of writing, halves of pairs. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` on one line, what would be obeyed as JSON writes it (`\n`, `\u001b`): printable JSON stays the same JSON. */
export function printable(text: string): string {
  return text.replace(OBEYED, (sign) => SHORT[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Text, safe between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
