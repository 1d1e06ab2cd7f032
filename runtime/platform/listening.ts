// On which ports do a process, and those that it has started, listen? Linux has it in /proc (those of its session); macOS has lsof
// (those of its process group), Windows netstat and its list of processes.

import { readdirSync, readlinkSync } from 'node:fs';
import { addressText } from '../net/address.ts';
import { type Endpoint, endpoint } from '../net/endpoint.ts';
import { descendantsOf, listProcesses, readProc, runProgram } from './processes.ts';
import { SYSTEM, type System } from './system.ts';

const LISTEN = '0A';
/** The first bytes of an IPv4 address in one of IPv6 (RFC 4291, 2.5.5.2). */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** Where `leader` (started with `groupOptions`) and what it has started listen with TCP, each address once; none where that cannot be read. */
export function listeningEndpoints(leader: number, system: System = SYSTEM, run = runProgram): Endpoint[] {
  if (system === 'win32') {
    const pids = new Set(descendantsOf(leader, listProcesses(system, run)));
    const lines = run('netstat', ['-ano', '-p', 'TCP']).matchAll(/^ *TCP +(\S+) +\S+:0 .*?(\d+)\r?$/gm);
    return [...lines].flatMap(([, local = '', pid]) => (pids.has(Number(pid)) ? (endpoint(local) ?? []) : []));
  }
  if (system !== 'linux') {
    const lines = run('lsof', ['-a', '-g', `${leader}`, '-nP', '-iTCP', '-sTCP:LISTEN', '-Fn']).matchAll(/^n(\S+)$/gm);
    return [...lines].flatMap(([, local = '']) => endpoint(local.replace('*:', '0.0.0.0:')) ?? []);
  }
  const sockets = new Set(processesOf(leader).flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((table) => tableOf(leader, table).filter(({ inode }) => sockets.has(inode)));
}

function processesOf(leader: number): string[] {
  return list('/proc').filter((pid) => {
    // pid (command) state parent group session …: the command may contain blanks and parentheses.
    const [, , , session] = readProc(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
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
  const [, ...lines] = readProc(`/proc/${pid}/net/${table}`).trim().split('\n');
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
