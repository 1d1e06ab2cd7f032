// On which ports do the processes of a session listen? Linux alone tells.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { addressText } from '../../runtime/net/address.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';

const LISTEN = '0A';
/** The first bytes of an IPv4 address in one of IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** Where the processes of the session `leader` listen with TCP, each address once; none where that cannot be read. */
export function listeningEndpoints(leader: number): Endpoint[] {
  const sockets = new Set(processesOf(leader).flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((table) => tableOf(leader, table).filter(({ inode }) => sockets.has(inode)));
}

function processesOf(leader: number): string[] {
  return list('/proc').filter((pid) => {
    // pid (command) state parent group session …: the command may contain blanks and parentheses.
    const [, , , session] = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return Number(session) === leader;
  });
}

function socketsOf(pid: string): string[] {
  return list(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return []; // closed meanwhile
    }
  });
}

function tableOf(pid: number, table: string): (Endpoint & { inode: string })[] {
  const [, ...lines] = read(`/proc/${pid}/net/${table}`).trim().split('\n');
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === LISTEN ? [{ host: addressIn(address), port: Number.parseInt(port, 16), inode }] : [];
  });
}

/** The kernel writes an address as words of four bytes, each in the order of the machine (little-endian wherever the lab runs). */
function addressIn(hex: string): string {
  const bytes = Buffer.concat((hex.match(/.{8}/g) ?? []).map((word) => Buffer.from(word, 'hex').reverse()));
  const isMapped = bytes.subarray(0, MAPPED.length).equals(MAPPED);
  return addressText(isMapped ? bytes.subarray(MAPPED.length) : bytes);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // ended meanwhile, of another user, or not Linux
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
