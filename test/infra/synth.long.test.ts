import { expect, test } from 'vitest';
import { findingsOf } from './findings.ts';

test.each([{ auth: 'iam' }, { auth: 'key' }, { callbacks: 'true' }])(
  'has no open finding of cdk-nag or of CloudFormation, with %j',
  (settings) => expect(findingsOf(settings)).toEqual([]),
);
