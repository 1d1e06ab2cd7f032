// The locations of the learner's own site that the web server serves itself (npm start -- --app … --static DIR=/static/). They are set
// and removed while the proxy runs, so they are no part of locations.ts.

import { statSync } from 'node:fs';
import { readOwnAppFile, type StaticFolder } from '../../../runtime/own-app-file.ts';
import type { Rule } from './blocks.ts';

/** Gives the rules of the app in `file` (WAYBILL_APP_FILE); it is read again once it has changed. */
export function createOwnStaticRules(file: string): () => readonly Rule[] {
  let version = '';
  let rules: readonly Rule[] = [];
  return () => {
    const { ino, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (version !== `${ino} ${mtimeMs}`) {
      version = `${ino} ${mtimeMs}`;
      rules = readOwnAppFile<{ static?: StaticFolder[] }>(file)?.static?.map(ruleOf) ?? [];
    }
    return rules;
  };
}

function ruleOf({ path, folder }: StaticFolder): Rule {
  const config = { alias: `${folder}/`, index: 'index.html' };
  return { type: 'prefix', path, isFinal: false, text: path, action: { kind: 'static', config, folder } };
}
