// Light or dark: as the system is set, until the reader chooses; the choice is stored.

const KEY = 'waybill-theme';

/** Applies what was chosen before. */
export function applyTheme(): void {
  const chosen = remembered();
  if (chosen) document.documentElement.dataset.theme = chosen;
}

/** Goes from light to dark or back. */
export function switchTheme(): void {
  const isDark =
    getComputedStyle(document.documentElement).colorScheme.trim() === 'dark' ||
    document.documentElement.dataset.theme === 'dark' ||
    (document.documentElement.dataset.theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
  const next = isDark ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // storage is off
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

const BIG = 'waybill-big';

/** For a projector: `?big` in the address makes text large and uses the whole width, in this tab until `?big=0`. */
export function applyBig(): void {
  const big = new URLSearchParams(location.search).get('big');
  try {
    if (big !== null) sessionStorage.setItem(BIG, big === '0' ? '' : 'yes');
    document.documentElement.toggleAttribute('data-big', Boolean(sessionStorage.getItem(BIG)));
  } catch {
    document.documentElement.toggleAttribute('data-big', big !== null && big !== '0'); // storage is off
  }
}
