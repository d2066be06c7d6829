import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import * as z from 'zod/mini';
import { UsageError, UserError } from '../local/user-error.ts';
import { type ReindexedService, toReindexTarget } from './reindex-target.ts';
import { type ReindexOptions, runReindex } from './run-reindex.ts';
import { outputsNamed, readOutputs } from './service/stack-outputs.ts';

/** A service in a stack. */
export interface StackService {
  readonly stack: string;
  /** The path of its construct, as its outputs begin, where the stack has several. */
  readonly construct: string | undefined;
}

/** Reindexes the videos of a deployed stack with the caller's credentials. @returns the exit code */
export async function reindexStack(named: StackService, options: ReindexOptions): Promise<number> {
  const service = await readService(named);
  return runReindex(toReindexTarget(service, options.signal), options).catch((error: Error) => {
    throw new UserError(`${error.name}: ${error.message}`, { cause: error });
  });
}

const outputsSchema = z.object({
  VideoBucket: z.string(),
  VideoTable: z.string(),
  StateMachineArn: z.string(),
  ListRules: z.string(),
});

const rulesSchema = z.object({
  visibility: z.enum(['owner', 'everyone']),
  listedMetadata: z.array(z.string()),
});

/**
 * The parts of a stack, by its outputs. The rules are an output too, because they must be those of the functions: a person who gives
 * others would move all videos into other lists.
 * @throws UsageError
 */
export async function readService(
  { stack, construct }: StackService,
  client = new CloudFormationClient(),
): Promise<ReindexedService> {
  const outputs = await readOutputs(stack, client).catch((error: Error) => {
    throw new UsageError(
      `The outputs of the stack ${stack} could not be read (${error.name}: ${error.message}). Give --stack and AWS credentials.`,
    );
  });
  const prefix = construct ?? onlyPrefixIn(outputs, stack);
  const own = Object.keys(outputsSchema.shape).map(
    (name) => [name, outputs.get(`${prefix}${name}`)] as const,
  );
  const missing = own.flatMap(([name, value]) => (value === undefined ? [`${prefix}${name}`] : []));
  if (missing.length > 0)
    throw new UsageError(
      `The stack ${stack} has no output ${missing.join(', ')}. Deploy it with this release first.`,
    );
  const { VideoBucket, VideoTable, StateMachineArn, ListRules } = z.parse(
    outputsSchema,
    Object.fromEntries(own),
  );
  const rules = z.parse(rulesSchema, JSON.parse(ListRules));
  return { bucket: VideoBucket, table: VideoTable, stateMachineArn: StateMachineArn, rules };
}

/** @throws UsageError where the stack has several services */
function onlyPrefixIn(outputs: ReadonlyMap<string, string>, stack: string): string {
  const [first, ...others] = outputsNamed(outputs, 'StateMachineArn').map(({ prefix }) => prefix);
  if (others.length === 0) return first ?? '';
  throw new UsageError(
    `The stack ${stack} has several services; give --construct with one of ${[first, ...others].join(', ')}.`,
  );
}
