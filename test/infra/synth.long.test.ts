import { expect, test } from 'vitest';
import { temporaryFolder } from '../harness/running-service.ts';
import { synth } from './app-process.ts';
import { findingsOf } from './findings.ts';

test.each([
  { auth: 'iam' },
  { auth: 'key' },
  { callbacks: 'true' },
  { corsOrigins: 'https://app.example.com', retentionDays: 7 },
])('has no open finding of cdk-nag or of CloudFormation, with %j', (settings) =>
  expect(findingsOf(settings)).toEqual([]),
);

test('stops at a wrong setting and says which, and nothing else', async () => {
  await expect(synth(await temporaryFolder(), { pollSeconds: 'often' })).rejects.toMatchObject({
    stderr: 'Setting pollSeconds is "often"; allowed is a whole number from 1 to 3600.\n',
  });
});
