import { writeFileSync } from 'node:fs';
import { startLab } from '/work/main/tests/lab.ts';

const lab = await startLab();
writeFileSync(
  '/tmp/lab.env',
  Object.entries(lab.environment)
    .filter(([k]) => k.startsWith('WAYBILL'))
    .map(([k, v]) => `export ${k}='${v}'`)
    .join('\n'),
);
console.log('up', Object.keys(lab));
setInterval(() => {}, 1e6);
