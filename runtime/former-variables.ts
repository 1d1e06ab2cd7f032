// Variables that were renamed: the former names are read until 1.0, each with a warning that names the new one.

/** From a variable's name to its former one. */
export const FORMER_NAMES: Readonly<Record<string, string>> = {
  WAYBILL_ENTRY_ROUTER: 'WAYBILL_POST_OFFICE',
  WAYBILL_ROUTERS: 'WAYBILL_OFFICES',
  WAYBILL_WORKER_CONCURRENCY: 'WAYBILL_LETTERS_PER_WORKER',
  WAYBILL_WORKER_ADDRESSES: 'WAYBILL_WORKERS_AT',
  WAYBILL_WATCHDOG_TIMEOUT: 'WAYBILL_STUCK_AFTER',
  WAYBILL_START_TIMEOUT: 'WAYBILL_START_WITHIN',
};

/** One sentence for each former name in `environment` whose variable is among `names` (all, unless given). */
export function renameWarnings(environment: NodeJS.ProcessEnv, names = Object.keys(FORMER_NAMES)): string[] {
  return names.flatMap((name) => {
    const former = FORMER_NAMES[name];
    return former === undefined || environment[former] === undefined
      ? []
      : [`${former} is deprecated: set ${name} instead.`];
  });
}
