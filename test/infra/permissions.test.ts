import { expect, test } from 'vitest';
import { appWith, templateOf } from '../harness/synthesized.ts';
import { readable } from './readable.ts';

const template = templateOf(appWith());
const keyTemplate = templateOf(appWith({ context: { auth: 'key', postsPerDay: 7 } }));

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** The grants of each function beside its log, its traces and the table. A function without any is left out. */
function permissions(of = template): Readonly<Record<string, readonly string[]>> {
  const policies = Object.entries(of.findResources('AWS::IAM::Policy'));
  const own = policies.flatMap(([logicalId, { Properties }]) => {
    const name = /^TemplateVideo(\w+?)Role(?:Default|Callback)Policy/.exec(logicalId)?.[1];
    if (name === undefined || name.startsWith('Workflow')) return [];
    const statements = (Properties.PolicyDocument.Statement as readonly Statement[]).flatMap(
      ({ Action, Resource }) => [Action].flat().map((action) => `${action} ${readable(Resource)}`),
    );
    return statements
      .filter((line) => !/^(logs|xray|dynamodb):/.test(line))
      .map((line) => [name, line] as const);
  });
  return Object.fromEntries(
    [...Map.groupBy(own, ([name]) => name)].map(([name, lines]) => [name, lines.map(([, line]) => line)]),
  );
}

test('grants each function what its call needs, and nothing else', () => {
  const key =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":secretsmanager:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":secret:minimax/api-key-??????"]]}';
  const keys = (pattern: string) => `{"Fn::Join":["",[{"Fn::GetAtt":["Videos","Arn"]},"/${pattern}"]]}`;
  const videos = keys('videos/*/video.mp4');
  const uploads = keys('uploads/*');
  const jobs = keys('videos/*/job.json');
  const notes = keys('videos/*/copy.json');
  const list = 's3:ListBucket {"Fn::GetAtt":["Videos","Arn"]}';
  const machine = '{"Ref":"WorkflowStateMachine"}';
  const executions =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":states:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":execution:",{"Fn::GetAtt":["WorkflowStateMachine","Name"]},":*"]]}';
  const earlierToo =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":states:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":execution:TemplateVideoWorkflowStateMachine4939315*"]]}';
  const bus =
    '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":events:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":event-bus/default"]]}';
  expect(permissions()).toEqual({
    SubmitTask: [
      `secretsmanager:GetSecretValue ${key}`,
      `s3:GetObject ${uploads}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      list,
    ],
    AdoptTask: [`s3:GetObject ${jobs}`, `s3:PutObject ${jobs}`, list],
    CheckTask: [`secretsmanager:GetSecretValue ${key}`],
    CopyVideo: [
      `secretsmanager:GetSecretValue ${key}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      `s3:GetObject ${videos}`,
      `s3:PutObject ${videos}`,
      `s3:AbortMultipartUpload ${videos}`,
      list,
      `s3:GetObject ${notes}`,
      `s3:PutObject ${notes}`,
      `s3:DeleteObject ${notes}`,
      's3:ListBucketMultipartUploads {"Fn::GetAtt":["Videos","Arn"]}',
    ],
    RecordFailure: [`s3:GetObject ${jobs}`, `s3:PutObject ${jobs}`, list],
    VideoFailed: [
      `s3:GetObject ${jobs}`,
      list,
      `states:SendTaskSuccess ${machine}`,
      `states:SendTaskFailure ${machine}`,
    ],
    AnnounceVideo: [
      `states:StartExecution ${machine}`,
      `states:ListExecutions ${machine}`,
      `states:DescribeExecution ${earlierToo}`,
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      list,
      `events:PutEvents ${bus}`,
    ],
    StartVideo: [
      `states:StartExecution ${machine}`,
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:GetObject ${videos}`,
      list,
      `s3:PutObject ${uploads}`,
    ],
    GetVideo: [
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:GetObject ${videos}`,
      list,
    ],
    GetHistory: [
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `s3:GetObject ${jobs}`,
      list,
    ],
    GetWorkflow: [`states:DescribeStateMachine ${machine}`],
    CancelVideo: [
      `states:DescribeExecution ${executions}`,
      `states:GetExecutionHistory ${executions}`,
      `states:StopExecution ${executions}`,
      `s3:GetObject ${jobs}`,
      `s3:PutObject ${jobs}`,
      list,
    ],
    CreateUpload: [`s3:PutObject ${uploads}`],
  });
  expect(permissions(keyTemplate)).toEqual(permissions());
});
