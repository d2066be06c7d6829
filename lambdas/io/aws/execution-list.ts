import { type ExecutionListItem, paginateListExecutions, type SFNClient } from '@aws-sdk/client-sfn';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
const MAX_PAGE_EXECUTIONS = 1000;

/** An execution that runs, with how often it has been redriven. */
export interface RunningExecution {
  readonly arn: string;
  readonly name: string;
  readonly startDate: Date;
  readonly redriveCount: number;
}

/** Every execution that runs now. Account-wide, Step Functions answers five of these calls a second. */
export async function listRunning(
  client: SFNClient,
  stateMachineArn: string,
): Promise<readonly RunningExecution[]> {
  const pages = paginateListExecutions(
    { client, pageSize: MAX_PAGE_EXECUTIONS },
    { stateMachineArn, statusFilter: 'RUNNING' },
  );
  const running: RunningExecution[] = [];
  for await (const { executions = [] } of pages) running.push(...executions.map(toRunning));
  return running;
}

function toRunning({
  executionArn: arn = '',
  name = '',
  startDate = new Date(0),
  redriveCount = 0,
}: ExecutionListItem): RunningExecution {
  return { arn, name, startDate, redriveCount };
}
