import { regionOf } from '../../client/authorize.ts';
import { printable, printableJson } from '../../lambdas/core/text/plain.ts';
import { UsageError } from '../../local/user-error.ts';
import type { Interruption } from '../command.ts';
import { type LocalEnvironment, readLocalEnvironment } from '../environment.ts';
import { toWhere, type Where, type WhereValues } from '../service/where.ts';
import type { AwsPeers } from './aws.ts';
import { type Check, problem, toLines } from './check.ts';
import { checkNode } from './machine.ts';
import { checkMiniMax, checkRegion } from './minimax.ts';

interface DoctorValues extends WhereValues {
  readonly here: boolean;
  readonly secret: string;
  readonly json: boolean;
}

/** Checks what the other commands need, and prints what to do about each problem. @returns the exit code */
export async function doctor(values: DoctorValues, { signal }: Interruption): Promise<number> {
  const environment = readLocalEnvironment();
  const where = toWhere(values, environment);
  const { stack, url, local, key } = values;
  if (values.here && (local || [stack, url, key].some((flag) => flag !== undefined)))
    throw new UsageError('--here checks no service, so no other flag can name one.');
  const found: Check[] = [];
  for await (const check of checksOf(values, { where, environment, signal })) {
    found.push(check);
    if (!values.json) for (const line of toLines(check)) console.log(printable(line));
  }
  if (values.json) console.log(printableJson(found));
  return found.some(({ state }) => state === 'problem') ? 1 : 0;
}

interface Examined {
  readonly where: Where;
  readonly environment: LocalEnvironment;
  readonly signal: AbortSignal;
  /** @default those of AWS */
  readonly peers?: AwsPeers;
}

/** Each check as soon as it is done. None of them starts or changes anything. */
export async function* checksOf(
  { here, secret }: Pick<DoctorValues, 'here' | 'secret'>,
  { where, environment, signal, peers }: Examined,
): AsyncGenerator<Check, void> {
  yield checkNode(process.versions.node);
  yield* await checkMiniMax(environment, signal);
  if (here) return;
  let { url } = where;
  if (url === undefined) {
    const { awsPeers, checkCredentials, checkSecret, checkStack } = await import('./aws.ts');
    const { checkQuota } = await import('./quota.ts');
    const aws = peers ?? awsPeers(environment.awsRegion);
    const credentials = await checkCredentials(aws);
    yield credentials;
    if (credentials.state === 'problem') return;
    const stack = await checkStack(where.stack, aws);
    yield stack.check;
    yield await checkSecret(secret, aws);
    url = stack.url;
    const region = url && (regionOf(new URL(url)) ?? environment.awsRegion);
    if (region) yield await checkQuota({ ...aws, region, signal, origin: aws.lambdaOrigin });
  }
  if (url !== undefined) yield* checkService({ ...where, url }, { environment, signal });
}

async function* checkService(
  where: Where,
  { environment, signal }: Pick<Examined, 'environment' | 'signal'>,
): AsyncGenerator<Check, void> {
  const { connectTo } = await import('../service/connect.ts');
  const { checkApi } = await import('./api.ts');
  try {
    const service = await connectTo(where, { environment, signal });
    const { checks, catalogue } = await checkApi(service);
    yield* checks;
    if (catalogue !== undefined && !service.isSimulated()) yield checkRegion(environment, catalogue.host);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield problem('API', 'it cannot be called', error.message);
  }
}
