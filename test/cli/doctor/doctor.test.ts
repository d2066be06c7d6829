import { createServer } from 'node:http';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { AwsPeers } from '../../../cli/doctor/aws.ts';
import { type Check, toLines } from '../../../cli/doctor/check.ts';
import { checksOf, doctor } from '../../../cli/doctor/doctor.ts';
import { checkClock, checkNode } from '../../../cli/doctor/machine.ts';
import { checkRegion } from '../../../cli/doctor/minimax.ts';
import type { LocalEnvironment } from '../../../cli/environment.ts';
import { toWhere } from '../../../cli/service/where.ts';
import { toCatalogue } from '../../../lambdas/core/minimax/templates.ts';
import { listen } from '../../../local/loopback-server.ts';
import { startSimulator } from '../../../local/simulator/simulator.ts';
import { printedBy, startFakeService, UNINTERRUPTED } from '../fake-service.ts';

const region = { region: 'eu-west-1' };
const peers = {
  credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE12345', secretAccessKey: 'a-secret' }),
  cloudFormation: new CloudFormationClient(region),
  secretsManager: new SecretsManagerClient(region),
};
const cloudFormation = mockClient(peers.cloudFormation);
const secretsManager = mockClient(peers.secretsManager);
const stack = { StackName: 'Mine', CreationTime: new Date(), StackStatus: 'CREATE_COMPLETE' } as const;

const ENVIRONMENT: LocalEnvironment = { hasAwsCredentials: false };

/** The checks of a service by their names. */
async function checksFor(
  given: object,
  environment: Partial<LocalEnvironment> = {},
  { here = false, peers: own = peers }: { readonly here?: boolean; readonly peers?: AwsPeers } = {},
) {
  const where = toWhere({ stack: undefined, url: undefined, local: false, key: undefined, ...given });
  const { signal } = UNINTERRUPTED;
  const options = { where, environment: { ...ENVIRONMENT, ...environment }, signal, peers: own };
  const checks: Check[] = [];
  for await (const check of checksOf({ here, secret: 'minimax/api-key' }, options)) checks.push(check);
  return checks;
}

const statesOf = (checks: readonly Check[]) => checks.map(({ name, state }) => `${name}: ${state}`);

test('finds nothing wrong with a stack that can be called', async () => {
  const { url, calls } = await startFakeService({
    'GET /templates': toCatalogue(''),
    'GET /2016-08-19/account-settings/': { AccountLimit: { ConcurrentExecutions: 10 } },
  });
  const Outputs = [{ OutputKey: 'VideosUrl', OutputValue: `${url}/videos` }];
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, Outputs }] });
  secretsManager.on(DescribeSecretCommand).resolves({ Name: 'minimax/api-key' });
  const aws = { ...peers, lambdaOrigin: url };
  const checks = await checksFor({ key: 'a-key' }, { awsRegion: 'eu-west-1' }, { peers: aws });
  expect(statesOf(checks)).toEqual([
    'Node: ok',
    'MiniMax key: skipped',
    'AWS credentials: ok',
    'stack: ok',
    'secret: ok',
    'Lambda quota: ok',
    'API: ok',
    'clock: ok',
    'MiniMax region: ok',
  ]);
  expect(JSON.stringify(checks)).not.toContain('EXAMPLE');
  expect(JSON.stringify(checks)).toContain('10 functions at once, so some 250 videos at once');
  expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /2016-08-19/account-settings/',
    'GET /templates',
  ]);
});

test('says what to do without credentials, without a stack and without a secret', async () => {
  const without = { ...peers, credentials: () => Promise.reject(new Error('none')) };
  const stopped = await checksFor({}, {}, { peers: without });
  expect(stopped.at(-1)).toMatchObject({ name: 'AWS credentials', state: 'problem', found: 'none' });

  const missing = Object.assign(new Error('no secret'), { name: 'ResourceNotFoundException' });
  cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error('no stack'), { name: 'X' }));
  secretsManager.on(DescribeSecretCommand).rejects(missing);
  const [, , , noStack, noSecret] = await checksFor({});
  expect(noStack).toMatchObject({ state: 'problem', advice: expect.stringContaining('Deploy it first') });
  expect(noSecret).toMatchObject({
    state: 'problem',
    advice: expect.stringContaining('aws secretsmanager create-secret --name minimax/api-key'),
  });
});

test('says that the API rejects the caller', async () => {
  const { url } = await startFakeService({});
  const checks = await checksFor({ url });
  expect(checks.at(-2)).toMatchObject({ name: 'API', state: 'problem' });
  expect(checks.at(-2)?.advice).toContain('execute-api:Invoke');
});

test('tries the key with a query alone, and never with a create', async () => {
  const simulator = await startSimulator({ apiKey: 'sk-right' });
  onTestFinished(() => simulator.stop());
  const keyed = (minimaxApiKey: string) =>
    checksFor({}, { minimaxApiKey, minimaxApiHost: simulator.url }, { here: true });
  expect(statesOf(await keyed('sk-right'))).toEqual(['Node: ok', 'MiniMax key: ok', 'clock: ok']);
  const [, rejected] = await keyed('sk-wrong');
  expect(rejected).toMatchObject({ state: 'problem', found: `${simulator.url} rejects it` });
  expect(rejected?.advice).toContain('MINIMAX_API_HOST=https://api.minimax.cn');
  expect(simulator.creates).toEqual([]);
});

test('says that a key is malformed, without showing it, and that a host does not answer', async () => {
  const [, malformed] = await checksFor({}, { minimaxApiKey: '"sk-secret"' }, { here: true });
  expect(malformed).toMatchObject({ state: 'problem' });
  expect(JSON.stringify(malformed)).not.toContain('sk-secret');
  const silent = await listen(createServer(), () => undefined, 0);
  await silent.stop();
  const [, unanswered] = await checksFor(
    {},
    { minimaxApiKey: 'sk-1', minimaxApiHost: silent.url },
    { here: true },
  );
  expect(unanswered).toMatchObject({
    state: 'problem',
    found: expect.stringContaining('does not answer (connect ECONNREFUSED'),
  });
});

test('compares the region of the key with that of the service', () => {
  const mainland = { ...ENVIRONMENT, minimaxApiKey: 'sk-1', minimaxApiHost: 'https://api.minimax.cn' };
  expect(checkRegion(mainland, 'https://api.minimaxi.com')).toMatchObject({ state: 'ok' });
  expect(checkRegion(mainland, 'https://api.minimax.io')).toMatchObject({
    state: 'problem',
    advice: expect.stringContaining('-c minimaxHost=https://api.minimax.cn'),
  });
});

test('compares the clock with that of a peer', () => {
  const date = 'Fri, 27 Nov 2026 08:00:00 GMT';
  const at = (time: string) => checkClock('peer', date, new Date(`2026-11-27T${time}Z`));
  expect(at('08:00:30')).toMatchObject({ state: 'ok', found: '30 s ahead of peer' });
  expect(at('07:50:00')).toMatchObject({ state: 'problem', found: '600 s behind peer' });
  expect(checkClock('peer', null, new Date())).toMatchObject({ state: 'problem' });
});

test('names the release of Node that a command needs', () => {
  expect(checkNode('18.20.0')).toMatchObject({ state: 'problem' });
  expect(checkNode('20.11.0').found).toContain('need Node 24');
  expect(checkNode('24.1.0')).toMatchObject({ state: 'ok', found: '24.1.0' });
});

test('prints a line for each check, and one for what to do', () => {
  expect(toLines({ name: 'Node', state: 'ok', found: '24' })).toEqual(['ok       Node             24']);
  expect(toLines({ name: 'clock', state: 'problem', found: 'off', advice: 'Set it.' })).toEqual([
    'problem  clock            off',
    '                          Set it.',
  ]);
});

test('prints the checks as one array, with exit code 1 where there is a problem', async () => {
  const where = { stack: undefined, url: undefined, local: false, key: undefined };
  const run = (minimaxApiKey: string) => {
    vi.stubEnv('MINIMAX_API_KEY', minimaxApiKey);
    const values = { ...where, here: true, secret: '', json: true };
    return printedBy(() => doctor(values, UNINTERRUPTED)).finally(() => vi.unstubAllEnvs());
  };
  const fine = await run('');
  expect(fine.exitCode).toBe(0);
  expect(statesOf(JSON.parse(fine.out))).toEqual(['Node: ok', 'MiniMax key: skipped']);
  expect((await run('a b')).exitCode).toBe(1);
});
