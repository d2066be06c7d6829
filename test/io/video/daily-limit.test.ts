import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { createDailyLimit } from '../../../lambdas/io/video/daily-limit.ts';
import { toStartRequest } from '../../../lambdas/io/video/start-request.ts';
import { createStarts } from '../../../lambdas/io/video/starts.ts';
import { createdAt } from '../../harness/running-job.ts';
import { sharedTable } from '../../harness/shared-table.ts';
import { failingTable, startTable } from '../../harness/table.ts';
import { testDailyLimit } from './daily-limit-scenarios.ts';

/** Its template takes one text and no image. */
const request = { template_id: '394514820878671878', text_inputs: [{ value: 'A samurai in the rain' }] };

testDailyLimit(sharedTable(startTable));

test('0 is no limit, and calls no table', async () => {
  expect(await createDailyLimit(0, failingTable()).requireRoom(createdAt)).toBeUndefined();
});

test('starts nothing where the table fails', async () => {
  const never = (): never => {
    throw new Error('Nothing must be started.');
  };
  const rules = { host: 'https://api.minimax.io', bucket: 'b', visibility: 'owner' } as const;
  const starts = createStarts({
    executions: { find: never, start: never },
    videos: { of: never, show: never },
    images: { put: never },
    dailyLimit: createDailyLimit(10, failingTable()),
    index: { put: never },
    warn: never,
    rules,
  });
  const event = {
    headers: {},
    body: JSON.stringify(request),
    requestContext: { identity: { apiKeyId: 'abc' } },
  } as unknown as APIGatewayProxyEvent;
  const started = starts.startNew(toStartRequest(event, createdAt, { rules, namespace: 'n' }));
  await expect(started).rejects.toMatchObject({ name: 'TableUnavailable' });
});
