import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import * as z from 'zod/mini';
import { UsageError, UserError } from '../local/user-error.ts';
import { type ReindexedService, toReindexTarget } from './reindex-target.ts';
import { type ReindexOptions, runReindex } from './run-reindex.ts';
import { readServiceOutputs } from './service/stack-outputs.ts';

/** Reindexes the videos of a deployed stack with the caller's credentials. @returns the exit code */
export async function reindexStack(stack: string, options: ReindexOptions): Promise<number> {
  const service = await readService(stack);
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
  stack: string,
  client = new CloudFormationClient(),
): Promise<ReindexedService> {
  const outputs = await readServiceOutputs(stack, client).catch((error: Error) => {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `The outputs of the stack ${stack} could not be read (${error.name}: ${error.message}). Give --stack and AWS credentials.`,
    );
  });
  const missing = Object.keys(outputsSchema.shape).filter((name) => !outputs.has(name));
  if (missing.length > 0)
    throw new UsageError(
      `The stack ${stack} has no output ${missing.join(', ')}. Deploy it with this release first.`,
    );
  const { VideoBucket, VideoTable, StateMachineArn, ListRules } = z.parse(
    outputsSchema,
    Object.fromEntries(outputs),
  );
  const rules = z.parse(rulesSchema, JSON.parse(ListRules));
  return { bucket: VideoBucket, table: VideoTable, stateMachineArn: StateMachineArn, rules };
}
