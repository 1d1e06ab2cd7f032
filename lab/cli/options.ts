// What all commands have in common: their flags are declared in one place, each has --help and --json, and a flag that npm reads
// itself (npm run fire static --json, without --) counts as well.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { environment } from '../../runtime/config.ts';
import { didYouMean } from '../../runtime/nearest.ts';
import { LabError, runCommand } from './command.ts';
import { paragraphs } from './screen.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

const COMMON = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const satisfies Options;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: O & typeof COMMON }>
>;

/** The values of the flags that `O` declares. */
export type Values<O extends Options> = Parsed<O>['values'];

/** The arguments of a command: the values of flags, and the words without a dash. */
type Arguments<O extends Options> = { values: Values<O>; words: string[] };

/** A command as guard.js runs it; `options` are its flags, for the completion. */
export type Command = ((args: string[]) => Promise<void>) & { options: string[] };

type Spec<O extends Options> = {
  /** What --help prints. */
  usage: string;
  /** Its flags beside --help and --json. */
  options: O;
  /** Resolves with whether everything is as expected (exit code 0 or 1), or with an exit code. Throws a LabError for what its user can correct. */
  run: (args: Arguments<O>) => Promise<boolean | number>;
};

/** A command with the flags that `options` declares. */
export function defineCommand<const O extends Options>({ usage, options, run }: Spec<O>): Command {
  const all = { ...options, ...COMMON };
  const main = (args: string[]) =>
    runCommand(async () => {
      const parsed = parse(args, all) as Parsed<O>;
      if ((parsed.values as { help?: boolean }).help) {
        console.log(paragraphs(usage, process.stdout));
        return true;
      }
      return run({ values: parsed.values, words: parsed.positionals });
    });
  return Object.assign(main, { options: Object.keys(all).map((name) => `--${name}`) });
}

/** The flags and words of `typed`, and the flags that npm reads itself. Throws a LabError that names the wrong flag and the nearest known one. */
export function parse(typed: string[], options: Options) {
  const args = [...typed, ...takenByNpm(options, environment)];
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const flag = /'(?:-\w, )?(--?[\w-]+)/.exec(message)?.[1];
    if (!code?.startsWith('ERR_PARSE_ARGS') || flag === undefined) throw error;
    const flags = Object.keys(options).map((name) => `--${name}`);
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw new LabError(`Unknown flag ${flag}.${didYouMean(flag, flags)} The flags are ${flags.join(', ')}.`);
    const takesValue = options[flag.slice(2)]?.type === 'string';
    throw new LabError(takesValue ? `${flag} needs a value: ${flag} <value>.` : `${flag} does not take a value.`);
  }
}

/**
 * The flags of `options` in npm's environment, where npm puts those that it reads itself.
 * Throws a LabError for one whose value npm dropped (--repeat 3 becomes --repeat, and a word 3).
 */
export function takenByNpm(options: Options, environment: NodeJS.ProcessEnv): string[] {
  const { npm_lifecycle_event: script, npm_command: command } = environment;
  if (script === undefined || command === 'exec') return []; // npx's own flags, such as --yes, are not ours
  return Object.entries(options).flatMap(([name, { type }]) => {
    const value = environment[`npm_config_${name.replaceAll('-', '_')}`];
    if (value === undefined || value === '') return [];
    if (type === 'boolean') return value === 'true' ? [`--${name}`] : [];
    if (value === 'true') {
      const example = `npm run ${script} … -- --${name} <value>`;
      throw new LabError(`npm reads --${name} itself. Put the flags of the command after --:\n\n  ${example}`);
    }
    return [`--${name}=${value}`];
  });
}

/** The whole number from `min` to `max` that `text`, the value of `flag`, has. Throws a LabError for anything else. */
export function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new LabError(`${flag}: expected a whole number from ${min} to ${max}, got "${text}".`);
}
