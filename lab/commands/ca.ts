// npm run ca: where the lab's certificate authority is, and how clients can trust it. Nothing is installed.

import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeAuthority } from '../../services/proxy/tls/certificates.ts';
import { LabError } from '../cli/command.ts';
import { defineCommand } from '../cli/options.ts';
import { at, readLabConfig } from '../config.ts';

const USAGE = `Usage: npm run ca [-- --path | --json | --make DIR]

Where the certificate of the lab's authority is, and how curl, browsers and programs can trust it. Nothing is installed in the
machine's trust store. It is made at the first npm start and valid for two years; it may only issue certificates for names
below test and localhost and for loopback addresses.

  curl --cacert $(npm run -s ca -- --path) https://tatis.localhost:8443/

  --make DIR  makes an authority in DIR, for web servers of which there are several (docs/scale.md), and prints its path
  --path      the path alone
  --json      one JSON object: {path, subject, until, fingerprint256}
  --help      this text

Exit code 0: it exists. 1: it does not.`;

/** Runs the command; sets the exit code. */
export const main = defineCommand({
  usage: USAGE,
  options: { path: { type: 'boolean' }, make: { type: 'string' } },
  async run({ values }) {
    if (values.make !== undefined) {
      await makeAuthority(resolve(values.make));
      console.log(resolve(values.make, 'ca.pem'));
      return true;
    }
    const config = readLabConfig();
    const path = resolve(config.home, 'tls', 'ca.pem');
    if (!existsSync(path)) {
      const inContainer = 'docker compose exec -T proxy cat .waybill/tls/ca.pem > ca.pem';
      throw new LabError(
        `${join(config.home, 'tls/ca.pem')} does not exist yet: npm start makes it. In containers it is in a volume: ${inContainer}`,
      );
    }
    const { subject, validTo, fingerprint256 } = new X509Certificate(readFileSync(path));
    const sites = `https://tatis.localhost:${config.ports.WAYBILL_TLS_PORT}/`;
    if (values.json) console.log(JSON.stringify({ path, subject, until: validTo, fingerprint256 }));
    else
      console.log(
        values.path
          ? path
          : instructions({ path, sites, address: at(config, 'WAYBILL_TLS_PORT'), validTo, fingerprint256 }),
      );
    return true;
  },
});

type Authority = { path: string; sites: string; address: string; validTo: string; fingerprint256: string };

function instructions({ path, sites, address, validTo, fingerprint256 }: Authority): string {
  return `The lab's certificate authority, valid until ${validTo}, for names below test and localhost:

  ${path}
  SHA-256 ${fingerprint256}

curl      curl --cacert ${path} ${sites}
openssl   openssl s_client -connect ${address} -servername tatis.test -CAfile ${path}
Node      NODE_EXTRA_CA_CERTS=${path} node …
Firefox   Settings, Privacy & Security, View Certificates, Authorities, Import (in a separate profile; remove it afterwards)
Chromium  on Linux: certutil -d sql:<a new profile's nssdb> -A -t C,, -n waybill -i ${path}

With its key (ca.key beside it, readable by you alone) anyone can impersonate any site below test and localhost.`;
}
