// npm run completion: a shell's completion of the commands, their flags, and the names of scenarios.

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { scenarios } from '../../scenarios/scenarios.ts';
import { LabError } from '../command.ts';
import { type Command, defineCommand } from '../options.ts';

const USAGE = `Usage: npm run -s completion <bash | zsh>

Prints what completes "npm run fire …" in this folder: commands, flags, scenarios.

  source <(npm run -s completion bash)     for this shell; in ~/.bashrc with the path of the lab for all
  source <(npm run -s completion zsh)`;

const ROOT = join(import.meta.dirname, '../..');
/** The commands whose words are scenarios. */
const SEND = ['fire', 'compare', 'story', 'ledger'];

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: {},
  async run({ words: [shell] }) {
    if (shell !== 'bash' && shell !== 'zsh') throw new LabError(USAGE);
    console.log(await completion(shell));
    return true;
  },
});

/** The script for `shell`. */
export async function completion(shell: 'bash' | 'zsh'): Promise<string> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const words = await Promise.all(Object.keys(scripts).map(wordsOf));
  const cases = words
    .filter(([, each]) => each.length > 0)
    .map(([name, each]) => `    ${name}) words="${each.join(' ')}" ;;`);
  const script = `_waybill() {
  local words="${Object.keys(scripts).join(' ')}"
  if [ "\${COMP_WORDS[1]}" != run ]; then return; fi
  if [ "$COMP_CWORD" -gt 2 ]; then
    words=
    case "\${COMP_WORDS[2]}" in
${cases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _waybill npm`;
  return shell === 'bash' ? script : `autoload -U +X bashcompinit && bashcompinit\n${script}`;
}

async function wordsOf(script: string): Promise<[script: string, words: string[]]> {
  const file = globSync(`lab/commands/${script}.ts`, { cwd: ROOT })[0];
  if (file === undefined || basename(file) === 'completion.ts') return [script, []];
  const { main } = (await import(join(ROOT, file))) as { main: Partial<Command> };
  return [script, [...(main.options ?? []), ...(SEND.includes(script) ? scenarios.map(({ name }) => name) : [])]];
}
