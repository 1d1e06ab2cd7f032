// A process for the tests of the supervisor. By WAYBILL_TEST_LIFE it is ready and waits, ends, complains, or will not end.

import { appendFileSync } from 'node:fs';

const { WAYBILL_TEST_LIFE: life, WAYBILL_TEST_DIARY: diary, WAYBILL_INSTANCE: name } = process.env;
const write = (line: string) => diary && appendFileSync(diary, `${name} ${line}\n`);

write(`starts ${process.pid}`);
process.on('SIGTERM', () => {
  write('gets SIGTERM');
  if (life !== 'deaf') process.exit(0);
});
process.on('disconnect', () => process.exit(1));
if (life === 'fails') {
  console.error('a first line\nport 80 is taken');
  process.exit(1);
}
if (life === 'task') process.exit(0);
else {
  if (life === 'logs') console.log('{"level":50,"time":0,"msg":"the disk is full"}');
  if (life !== 'silent') process.send?.({ ready: true });
  if (life === 'complains') process.send?.({ trouble: 'spans could not be delivered' });
  setTimeout(() => {}, 60_000);
}
