// npm run completion: a shell's completion of the commands, their flags, and the names of scenarios.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBundled, programFile, ROOT } from '../../runtime/program.ts';
import { scenarios } from '../../scenarios/scenarios.ts';
import { LabError } from '../cli/command.ts';
import { type Command, defineCommand } from '../cli/options.ts';

const USAGE = `Usage: npm run -s completion <bash | zsh>

Prints what completes "npm run fire …"${isBundled ? '' : ' in this folder'}: commands, flags, scenarios.

  source <(npm run -s completion bash)     for this shell; in ~/.bashrc with the path of the lab for all
  source <(npm run -s completion zsh)`;

const QUOTED_ROOT = `'${ROOT.replaceAll("'", "'\\''")}'`;
/** Every command. */
const COMMANDS = readdirSync(dirname(programFile('lab/commands/completion.ts'))).flatMap(
  (file) => /^(\w+)\.[jt]s$/.exec(file)?.[1] ?? [],
);
/** The commands whose words are scenarios. */
const SEND = ['fire', 'compare', 'story', 'breakdown'];

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

/** The script for `shell`. Outside of this folder, and for anything but a script of this package, npm's own completion stays. */
export async function completion(shell: 'bash' | 'zsh'): Promise<string> {
  const names = isBundled ? COMMANDS : scriptNames();
  const words = await Promise.all(names.map(wordsOf));
  const cases = words
    .filter(([, each]) => each.length > 0)
    .map(([name, each]) => `    ${name}) choices="${each.join(' ')}" ;;`);
  if (isBundled)
    return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}${ofPackage(names, cases)}`;
  return `${ofNpm(names, cases)}\n${shell === 'bash' ? BASH : zsh(QUOTED_ROOT)}`;
}

/** Completes `waybill fire …`, with the package. */
export function ofPackage(names: readonly string[], cases: readonly string[]): string {
  return `_waybill() {
  local name="\${COMP_WORDS[1]}" current="\${COMP_WORDS[COMP_CWORD]}" choices="${names.join(' ')}"
  [ "$COMP_CWORD" -le 1 ] || case "$name" in
${cases.join('\n')}
    *) choices= ;;
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}
complete -o default -F _waybill waybill`;
}

/** Completes `npm run fire …` in a checkout. The words are read from the line itself: bash splits its own at each colon, as in test:unit. */
function ofNpm(names: readonly string[], cases: readonly string[]): string {
  return `_waybill() {
  local line="\${COMP_LINE:-\${COMP_WORDS[*]}}" choices="${names.join(' ')}" run= name= word
  line="\${line:0:\${COMP_POINT:-\${#line}}}"
  local current="\${line##*[[:space:]]}"
  while read -r word; do
    case "$word" in
      npm | -* | '') ;;
      *) if [ -z "$run" ]; then run="$word"; elif [ -z "$name" ]; then name="$word"; fi ;;
    esac
  done <<< "$(printf %s "\${line%"$current"}" | tr -s '[:space:]' '\\n')"
  case "$PWD/:$run" in
    ${QUOTED_ROOT}/*:run | ${QUOTED_ROOT}/*:run-script) ;;
    *) _waybill_npm "$@"; return ;;
  esac
  case "$name" in
    '') ;;
${cases.join('\n')}
    *) choices= ;;
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
  case "$COMP_WORDBREAKS" in
    *:*) COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}") ;;
  esac
}`;
}

/** Registers it. npm's own, where it is there or can be loaded, stays as _waybill_npm. */
const BASH = `complete -p npm >/dev/null 2>&1 || _completion_loader npm 2>/dev/null
_waybill_own="$(complete -p npm 2>/dev/null | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')"
[ "$_waybill_own" = _waybill ] || eval "_waybill_npm() { \${_waybill_own:-:} \\"\\$@\\"; }"
complete -o default -F _waybill npm`;

const zsh = (root: string) => `autoload -U +X bashcompinit && bashcompinit
[[ "\${_comps[npm]}" == _waybill_zsh ]] || _waybill_own="\${_comps[npm]:-_default}"
_waybill_npm() { :; }
_waybill_zsh() {
  case "$PWD/:\${words[*]}" in
    ${root}/*:*' run '* | ${root}/*:*' run-script '*) _bash_complete -o default -F _waybill ;;
    *) "$_waybill_own" ;;
  esac
}
compdef _waybill_zsh npm`;

async function wordsOf(name: string): Promise<[name: string, words: string[]]> {
  if (!COMMANDS.includes(name) || name === 'completion') return [name, []];
  const file = programFile(`lab/commands/${name}.ts`);
  const { main } = (await import(pathToFileURL(file).href)) as { main: Partial<Command> };
  return [name, [...(main.options ?? []), ...(SEND.includes(name) ? scenarios.map((each) => each.name) : [])]];
}

function scriptNames(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  return Object.keys(scripts);
}
