import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { CheckedJob, WaitedJob } from '../../lambdas/core/job/job.ts';
import { startSimulator } from '../../local/simulator/simulator.ts';
import { startRawPeer } from '../harness/raw-peer.ts';
import { submittedJob } from '../harness/running-job.ts';
import { API_KEY } from '../harness/running-service.ts';

const DENIED = '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>';

type Handler = (job: WaitedJob, context: object) => Promise<CheckedJob>;

test('polls from then on where an old callback cannot be deleted, which would end every wait at once', async () => {
  const simulator = await startSimulator({ apiKey: API_KEY });
  onTestFinished(() => simulator.stop());
  mockClient(SecretsManagerClient).on(GetSecretValueCommand).resolves({ SecretString: API_KEY });
  const { host, requests } = await startRawPeer((socket) =>
    socket.end(
      `HTTP/1.1 403 Forbidden\r\nContent-Length: ${DENIED.length}\r\nConnection: close\r\n\r\n${DENIED}`,
    ),
  );
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL_S3: host,
    MINIMAX_API_HOST: simulator.url,
    MINIMAX_KEY_SECRET: 'minimax/api-key',
    MINIMAX_TIMEOUT_SECONDS: '10',
    FIRST_WAIT_SECONDS: '30',
    POLL_SECONDS: '10',
    GIVE_UP_AFTER_SECONDS: '1000000000',
    VIDEO_BUCKET: 'videos',
    QUERY_PAUSE_SECONDS: '0.001',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { handler } = (await import('../../lambdas/check-task.ts')) as unknown as { handler: Handler };
  const task = {
    ...submittedJob.task,
    task_id: simulator.makeTask({ queries: ['Processing'] }),
    waiting_since: new Date().toISOString(),
  };
  const job = { ...submittedJob, task, callbacks: { active: true, received: 2 } };
  const checkedJob = await handler(job, { awsRequestId: 'a', getRemainingTimeInMillis: () => 60_000 });
  expect(requests()).toBe(2);
  expect(checkedJob).toMatchObject({
    wait_seconds: 10,
    check: { status: 'running', polls: 1 },
    callbacks: {
      active: false,
      received: 2,
      note: expect.stringMatching(
        /StorageUnavailable: The object could not be read or written \(AccessDenied\)/,
      ),
    },
  });
});
