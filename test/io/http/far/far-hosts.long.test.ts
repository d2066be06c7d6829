import { execFile, execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const TEST_TIMEOUT_MS = 90_000;
const FOLDER = import.meta.dirname;
const DEAD = '10.77.0.9';
const ALIVE = ['10.77.0.2', '10.77.0.3'] as const;

/** A network namespace needs root, a kernel that allows it, Python and iproute2. */
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

interface Outcome {
  readonly node: string;
  readonly create: string;
  readonly download: string;
}

async function call(addresses: readonly string[], oneWaySeconds: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'far-'));
  try {
    const hosts = join(folder, 'hosts');
    await writeFile(hosts, addresses.map((address) => `${address} far.test\n`).join(''));
    const script = ['sh', join(FOLDER, 'far-hosts.sh'), String(oneWaySeconds), DEAD, hosts, process.execPath];
    const run = promisify(execFile)('unshare', ['--net', '--mount', ...script], { timeout: 80_000 });
    return JSON.parse((await run).stdout) as Outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// Each test has a network of its own, and mostly waits for it.
describe.skipIf(missing !== undefined).concurrent('a far host', () => {
  test.each([
    ['300 ms away with two addresses', ALIVE, 0.15],
    ['300 ms away whose first address is dead', [DEAD, ...ALIVE], 0.15],
    ['300 ms away whose last address is dead', [...ALIVE, DEAD], 0.15],
    ['500 ms away whose first address of two is dead', [DEAD, ALIVE[0]], 0.25],
    ['500 ms away whose last address of two is dead', [ALIVE[0], DEAD], 0.25],
  ] as const)(
    '%s is reached',
    async (_where, addresses, oneWaySeconds) => {
      const outcome = await call(addresses, oneWaySeconds);
      expect(outcome).toMatchObject({ create: 'answered', download: 'HTTP 200' });
    },
    TEST_TIMEOUT_MS,
  );

  test('that Node itself does not reach is reached', { timeout: TEST_TIMEOUT_MS }, async () => {
    const { node, ...ours } = await call([ALIVE[0], DEAD], 0.15);
    expect(node).not.toBe('HTTP 200');
    expect(ours).toEqual({ create: 'answered', download: 'HTTP 200' });
  });
});
