// One line that is written over while a command runs, on a terminal that can (not with TERM=dumb) and may (not with NO_COLOR).

/** `show` writes the line, `clear` takes it away; neither writes anything with `isShown` false or where output is not a terminal. */
export function createStatusLine(isShown: boolean) {
  const writes = isShown && process.stdout.isTTY && process.stdout.hasColors();
  return {
    show: (text: string) => void (writes && process.stdout.write(`\r\x1b[K  ${text}`)),
    clear: () => void (writes && process.stdout.write('\r\x1b[K')),
  };
}
