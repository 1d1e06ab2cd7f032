// How a service declares its configuration: one table, from which come its type, its check at start, the table of its man page
// (npm run docs), and what --help lists.
//
//   export const SETTINGS = { WAYBILL_QUEUE_DEPTH: count({ default: 64, description: 'requests that may wait', like: 'backlog' }), … };
//   const { WAYBILL_QUEUE_DEPTH } = readSettings(SETTINGS, environment);

import { isIP } from 'node:net';
import { type Bounds, boundsText, isWithin, MAX_TIMER_MS } from './bounds.ts';
import { FORMER_NAMES, renameWarnings } from './former-variables.ts';
import { authority, type Endpoint, endpoint } from './net/endpoint.ts';

type About<T> = {
  default: T;
  description: string;
  /** The setting of nginx, gunicorn, Django or unbound that does the same. */
  like?: string;
  /** The default as a page shows it, where it is not the same on every machine. */
  shown?: string;
};

export type Setting<T> = About<T> & {
  /** What it takes, as a person reads it. */
  takes: string;
  /** The value of `text`; undefined, or an Error with the reason, for what is not taken. */
  parse: (text: string) => T | undefined;
};

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;
export type Values<S extends SettingTable> = { [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never };

/** The values of `settings` in `environment`. Throws one Error that names every variable that is wrong, and what it takes. */
export function readSettings<S extends SettingTable>(settings: S, environment: NodeJS.ProcessEnv): Values<S> {
  const wrong: string[] = [];
  for (const warning of renameWarnings(environment, Object.keys(settings))) {
    process.emitWarning(warning, 'DeprecationWarning');
  }
  const values = Object.entries(settings).map(([name, setting]) => {
    const text = environment[name] ?? environment[FORMER_NAMES[name] ?? ''];
    if (text === undefined) return [name, setting.default];
    try {
      const value = setting.parse(text);
      if (value === undefined) throw new Error(`expected ${setting.takes}`);
      return [name, value];
    } catch (error) {
      wrong.push(`  ${name}: ${(error as Error).message}, got "${text}" (${setting.description})`);
      return [name, undefined];
    }
  });
  if (wrong.length > 0) throw new Error(`Invalid configuration:\n${wrong.join('\n')}`);
  return Object.fromEntries(values) as Values<S>;
}

/** The table of a man page; `peer` is the program whose settings `like` names. */
export function manPageTable(settings: SettingTable, peer?: string): string {
  const all = Object.entries(settings);
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const heads = ['variable', 'default', ...(peer ? [peer] : []), 'takes', 'what'];
  const rows = all.map(([name, setting]) => [
    `\`${name}\``,
    setting.shown ?? code(shown(setting.default)),
    ...(peer ? [code(setting.like ?? '')] : []),
    setting.takes,
    setting.description,
  ]);
  return [heads, heads.map(() => '---'), ...rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))]
    .map(row)
    .join('\n');
}

/** What --help lists of `settings`. */
export function settingsList(settings: SettingTable): string {
  const lines = Object.entries(settings).map(([name, setting]) => {
    const standard = setting.shown ?? shown(setting.default);
    return `  ${name}${standard === '' ? '' : `=${standard}`}\n      ${setting.description} (${setting.takes})`;
  });
  return lines.join('\n');
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(',');
  if (typeof value === 'object' && value !== null) return 'port' in value ? authority(value as Endpoint) : '';
  return String(value ?? '');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

/** Any text. */
export const text = (about: About<string>): Setting<string> => ({
  ...about,
  takes: 'text',
  parse: (value) => value,
});

/** The path of a file or folder. */
export const path = (about: About<string>): Setting<string> => ({ ...text(about), takes: 'a path' });

/** The folder of the Unix sockets between the services of one machine; empty for none. */
export const sockets = <T extends string | undefined>(about: About<T>): Setting<string | T> => ({
  ...about,
  takes: 'a path; off: TCP only',
  parse: (value) => (value === 'off' ? '' : value),
});

/** One of `choices`. */
export function choice<const T extends string>({
  choices,
  ...about
}: About<NoInfer<T>> & { choices: readonly T[] }): Setting<T> {
  return { ...about, takes: `one of ${choices.join(', ')}`, parse: (value) => choices.find((each) => each === value) };
}

/** On or off. */
export const flag = <T extends boolean | undefined>(about: About<T>): Setting<boolean | T> => ({
  ...about,
  takes: 'true, false',
  parse: (value) => ({ true: true, '1': true, false: false, '0': false })[value],
});

/** A whole number: from 0 to a million, unless `min` and `max` say more. */
export function count({ min = 0, max = 1_000_000, ...about }: About<number> & Partial<Bounds>): Setting<number> {
  return wholeNumber(about, { min, max });
}

/** A time in ms that a timer can wait; 0 only with `min: 0`, where it means something. */
export function milliseconds({
  min = 1,
  max = MAX_TIMER_MS,
  ...about
}: About<number> & Partial<Bounds>): Setting<number> {
  return wholeNumber(about, { min, max, unit: 'ms' });
}

function wholeNumber(about: About<number>, bounds: Bounds): Setting<number> {
  const parse = (value: string) => {
    const number = /^\d+$/.test(value) ? Number(value) : undefined;
    return isWithin(number, bounds) ? number : undefined;
  };
  return { ...about, takes: boundsText(bounds), parse };
}

/** A port to listen at. */
export const port = (about: About<number>): Setting<number> => ({
  ...wholeNumber(about, { min: 1, max: 65_535 }),
  takes: 'a port from 1 to 65535',
});

/** A name or an address. */
export const host = (about: About<string>): Setting<string> => ({
  ...about,
  takes: 'a name or an address',
  parse: (value) => (isIP(value) !== 0 || /^[\w-]+(\.[\w-]+)*\.?$/.test(value) ? value : undefined),
});

/** A URL, without a slash at its end; empty where the default is. */
export const httpUrl = (about: About<string>): Setting<string> => ({
  ...about,
  takes: 'a URL that begins with http:// or https://',
  parse: (value) =>
    (value === '' && about.default === '') || /^https?:$/.test(URL.parse(value)?.protocol ?? '')
      ? value.replace(/\/$/, '')
      : undefined,
});

/** One `host:port`. */
export const hostPort = (about: About<Endpoint>): Setting<Endpoint> => ({
  ...about,
  takes: 'host:port',
  parse: (value) => endpoint(value),
});

/** One or more `host:port`, separated by commas. */
export const endpoints = (about: About<Endpoint[]>): Setting<Endpoint[]> => ({
  ...about,
  takes: 'host:port, with commas',
  parse: (value) =>
    value.split(',').map((each) => {
      const found = endpoint(each.trim());
      if (found === undefined) throw new Error(`"${each.trim()}" is not host:port`);
      return found;
    }),
});

/** WAYBILL_ALLOWED_HOSTS of a service (http/guard.ts); `where` ends `further host names`. */
export const allowedHosts = (where: string): Setting<string[]> => ({
  default: [],
  description: `further host names ${where}; addresses, \`localhost\` and names without dots are always accepted`,
  takes: 'names, with commas',
  parse: (value) =>
    value
      .toLowerCase()
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
});
