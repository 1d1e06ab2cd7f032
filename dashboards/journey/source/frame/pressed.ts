// Drawn buttons: what a button of HTML does by itself.

/** Does `act` on Enter and space, and keeps both from whatever else listens. */
export function pressed(event: KeyboardEvent, act: () => void): void {
  if (event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  event.stopPropagation();
  act();
}
