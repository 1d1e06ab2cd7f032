// For `npm run bench start`: appends the number of modules that a process has loaded to WAYBILL_BENCH_MODULES when it ends.

import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

let count = 0;
registerHooks({
  load(url, context, next) {
    if (!url.startsWith('node:')) count += 1;
    return next(url, context);
  },
});
process.on('exit', () => appendFileSync(process.env.WAYBILL_BENCH_MODULES, `${count}\n`));
