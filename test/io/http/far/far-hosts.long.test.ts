import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const FOLDER = import.meta.dirname;
const DEAD = '10.77.0.9';
const ALIVE = ['10.77.0.2', '10.77.0.3'] as const;

/** A network of one's own needs root, a kernel that allows it, Python and iproute2. */
function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root';
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    execFileSync('unshare', ['--net', '--mount', 'sh', '-c', 'command -v ip && python3 -c "import fcntl"'], {
      stdio: 'pipe',
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

const missing = whyNot();
if (missing !== undefined) console.warn(`Skipped: far hosts are not tried (${missing}).`);

interface Outcome {
  readonly node: string;
  readonly create: string;
  readonly download: string;
}

function call(addresses: readonly string[], oneWaySeconds: number): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'far-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, addresses.map((address) => `${address} far.test\n`).join(''));
  const script = ['sh', join(FOLDER, 'far-hosts.sh'), String(oneWaySeconds), DEAD, hosts, process.execPath];
  const printed = execFileSync('unshare', ['--net', '--mount', ...script], {
    encoding: 'utf8',
    timeout: 40_000,
  });
  return JSON.parse(printed) as Outcome;
}

test.skipIf(missing !== undefined).each([
  ['300 ms away, all of whose addresses answer', ALIVE, 0.15],
  ['300 ms away, whose first address is dead', [DEAD, ...ALIVE], 0.15],
  ['300 ms away, whose last address is dead', [...ALIVE, DEAD], 0.15],
  ['500 ms away, of two addresses of which the first is dead', [DEAD, ALIVE[0]], 0.25],
  ['500 ms away, of two addresses of which the last is dead', [ALIVE[0], DEAD], 0.25],
] as const)(
  'reaches a host %s',
  (_where, addresses, oneWaySeconds) => {
    expect(call(addresses, oneWaySeconds)).toMatchObject({ create: 'answered', download: 'HTTP 200' });
  },
  60_000,
);

test.skipIf(missing !== undefined)(
  'a host that Node itself does not reach is one of these',
  () => {
    const { node, ...ours } = call([ALIVE[0], DEAD], 0.15);
    expect(node).not.toBe('HTTP 200');
    expect(ours).toEqual({ create: 'answered', download: 'HTTP 200' });
  },
  60_000,
);
