import { expect, test } from 'vitest';
import { toTemplate } from '../../../local/template/template.ts';

function resolved(value: unknown): unknown {
  const template = toTemplate({
    Resources: {
      Machine: { Type: 'AWS::StepFunctions::StateMachine' },
      Videos: { Type: 'AWS::S3::Bucket' },
      CheckTask: { Type: 'AWS::Lambda::Function' },
      Index: { Type: 'AWS::DynamoDB::Table' },
      It: { Type: 'Test::It', Properties: { value } },
    },
  });
  return template.resources('Test::It').get('It')?.value;
}

test.each([
  ['a plain value', [1, 'a', null, { b: true }], [1, 'a', null, { b: true }]],
  ['a region', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['a bucket', { Ref: 'Videos' }, 'videos'],
  ['a state machine', { Ref: 'Machine' }, 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine'],
  [
    "a function's ARN",
    { 'Fn::GetAtt': ['CheckTask', 'Arn'] },
    'arn:aws:lambda:us-east-1:000000000000:function:CheckTask',
  ],
  ['a table', { Ref: 'Index' }, 'Index'],
  [
    "a table's ARN",
    { 'Fn::GetAtt': ['Index', 'Arn'] },
    'arn:aws:dynamodb:us-east-1:000000000000:table/Index',
  ],
  ["a machine's name", { 'Fn::GetAtt': ['Machine', 'Name'] }, 'Machine'],
  ['a join', { 'Fn::Join': ['-', ['a', { Ref: 'Videos' }]] }, 'a-videos'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's own syntax
  ['a substitution', { 'Fn::Sub': 'x-${AWS::AccountId}-${Videos}' }, 'x-000000000000-videos'],
])('resolves %s', (_name, value, expected) => {
  expect(resolved(value)).toEqual(expected);
});

test.each([
  [{ 'Fn::ImportValue': 'x' }, 'the CloudFormation function Fn::ImportValue'],
  [{ 'Fn::GetAtt': ['CheckTask', 'Version'] }, 'the attribute Version of CheckTask'],
  [{ Ref: 'Nothing' }, 'Nothing, which it does not contain'],
])('rejects %j by name', (value, message) => {
  expect(() => resolved(value)).toThrow(message);
});
